import sharp, { type Sharp } from 'sharp';
import { ByteGate } from './byte_gate.js';
import { decodedBytes, decodeImage, type ImageSource, type RgbImage } from './decode.js';
import { type Geometry, planGeometry } from './geometry.js';
import type { PreprocessSettings } from './settings.js';

/** Decoded images in flight: 20 of 4 megapixels, or one of 8192 x 8192 at a time. */
const decoding = new ByteGate(256e6);

/** What a model sees of an image, and how it lies in it. */
export interface LoadedInput {
  image: RgbImage;
  geometry: Geometry;
}

/**
 * Decodes, resizes (bilinear, antialiased) and crops: the one way into a model. Every image is decoded at full
 * resolution first; decoders that shrink while they read would give other pixels for a JPEG than for a PNG. However
 * many are asked for at once, what they hold while they are decoded stays within a bound.
 *
 * @throws AdError E_IMAGE, E_ARGUMENT
 */
export async function loadInput(source: ImageSource, settings: PreprocessSettings): Promise<LoadedInput> {
  return decoding.run(await decodedBytes(source), async () => {
    const image = await decodeImage(source);
    const geometry = planGeometry(image, settings);
    return { image: await place(image, geometry), geometry };
  });
}

/** Resizes, and cuts or pads to the input, in as few passes over the image as sharp allows. */
async function place(image: RgbImage, { input, placed }: Geometry): Promise<RgbImage> {
  const { left, top, width, height } = placed;
  const pad = {
    left: Math.max(0, left),
    top: Math.max(0, top),
    right: Math.max(0, input.width - left - width),
    bottom: Math.max(0, input.height - top - height),
  };
  const pads = Object.values(pad).some((side) => side > 0);
  const cuts = left < 0 || top < 0 || left + width > input.width || top + height > input.height;
  if (!pads && !cuts && image.width === width && image.height === height) return image;

  let frame = raw(image).resize(width, height, { fit: 'fill', kernel: 'linear', fastShrinkOnLoad: false });
  if (pads) frame = frame.extend({ ...pad, extendWith: 'copy' });
  // Within one pipeline sharp would cut before it pads.
  if (pads && cuts) frame = raw(await materialised(frame));
  if (cuts) frame = frame.extract({ left: Math.max(0, -left), top: Math.max(0, -top), ...input });
  return materialised(frame);
}

async function materialised(pipeline: Sharp): Promise<RgbImage> {
  const { data, info } = await pipeline.raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

function raw({ data, width, height }: RgbImage): Sharp {
  return sharp(data, { raw: { width, height, channels: 3 } });
}
