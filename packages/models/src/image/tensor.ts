import type { RgbImage } from './decode.js';

/** What values a backbone's input wants; `imagenet` is RGB / 255 minus the ImageNet mean over its deviation. */
export type InputConvention = 'imagenet' | '0..255' | '-1..1' | '0..1';

/** Per channel: value = pixel * factor + offset. */
const CONVENTIONS: Record<InputConvention, { factor: number[]; offset: number[] }> = {
  imagenet: standardised([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
  '0..255': { factor: [1, 1, 1], offset: [0, 0, 0] },
  '-1..1': { factor: [1 / 127.5, 1 / 127.5, 1 / 127.5], offset: [-1, -1, -1] },
  '0..1': { factor: [1 / 255, 1 / 255, 1 / 255], offset: [0, 0, 0] },
};

function standardised(mean: number[], deviation: number[]) {
  return { factor: deviation.map((d) => 1 / (255 * d)), offset: mean.map((m, c) => -m / deviation[c]!) };
}

/**
 * Writes an image as planes: `out[offset + (c * height + y) * width + x]`, in the backbone's convention.
 *
 * @param out - at least `offset + 3 * height * width` long
 */
export function writeTensor(
  { data, width, height }: RgbImage,
  convention: InputConvention,
  out: Float32Array,
  offset: number,
): void {
  const { factor, offset: shift } = CONVENTIONS[convention];
  const plane = width * height;
  for (let c = 0; c < 3; c++) {
    const f = factor[c]!;
    const s = shift[c]!;
    const begin = offset + c * plane;
    for (let i = 0; i < plane; i++) out[begin + i] = data[3 * i + c]! * f + s;
  }
}
