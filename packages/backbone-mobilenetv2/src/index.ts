import { fileURLToPath } from 'node:url';

/**
 * The ONNX file: input `rgb_0_255`, float32 [n, 3, h, w] with any n, h and w; outputs `s4` [n, 144, h/4, w/4],
 * `s8` [n, 192, h/8, w/8] and `s16` [n, 576, h/16, w/16], sizes rounded up. They are what the inverted residual blocks 3,
 * 6 and 13 expand their input to (Sandler et al. 2018, MobileNetV2, figure 3), of a detector trained on Open Images.
 *
 * @example
 * const session = await InferenceSession.create(modelPath);
 */
export const modelPath = fileURLToPath(new URL('../assets/mobilenetv2.onnx', import.meta.url));

/** What the input holds: RGB values as they are in an 8-bit image. The file normalises them itself. */
export const inputConvention = '0..255';
