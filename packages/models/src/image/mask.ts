import { readFile } from 'node:fs/promises';
import { AdError } from '@ad/core-native';
import sharp from 'sharp';
import { decodeBmp, isBmp } from './bmp.js';
import type { Geometry } from './geometry.js';

/**
 * A ground-truth mask at the model's input, 1 = defect: nearest neighbour by pixel centres, as its image was resized
 * and cropped. A pixel is defective above half of the mask's range (8 bits: above 127; a mask of only 0 and 1: 1).
 *
 * @param geometry - of the mask's image
 * @returns `[height, width]` of the input
 * @throws AdError E_IMAGE when it cannot be read or has not its image's size
 */
export async function loadMask(path: string, geometry: Geometry): Promise<Uint8Array> {
  const { data, width, height } = await decodeGrey(path);
  const { original, input, placed } = geometry;
  if (width !== original.width || height !== original.height) {
    throw new AdError(
      'E_IMAGE',
      `The mask ${path} has ${width} x ${height} pixels, but its image has ${original.width} x ${original.height}.`,
      'A mask must have the size of its image.',
    );
  }
  const half = data.some((value) => value > 1) ? 127 : 0;
  const columns = nearest(input.width, placed.left, placed.width, original.width);
  const rows = nearest(input.height, placed.top, placed.height, original.height);
  const mask = new Uint8Array(input.width * input.height);
  rows.forEach((y, i) => {
    columns.forEach((x, j) => {
      if (x >= 0 && y >= 0 && data[y * width + x]! > half) mask[i * input.width + j] = 1;
    });
  });
  return mask;
}

/** For each input pixel along one axis the original pixel at its centre, or -1 where the input is padding. */
function nearest(input: number, offset: number, resized: number, original: number): number[] {
  return Array.from({ length: input }, (_, i) => {
    const at = Math.floor(((i - offset + 0.5) * original) / resized);
    return at >= 0 && at < original ? at : -1;
  });
}

async function decodeGrey(path: string) {
  try {
    const bytes = await readFile(path);
    if (isBmp(bytes)) {
      const { data, width, height } = decodeBmp(bytes);
      return { data: data.filter((_, i) => i % 3 === 0), width, height };
    }
    const pipeline = sharp(bytes, { failOn: 'warning' })
      .toColourspace('srgb')
      .removeAlpha()
      .extractChannel(0);
    const { data, info } = await pipeline.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
    return { data: new Uint8Array(data), width: info.width, height: info.height };
  } catch (cause) {
    throw new AdError(
      'E_IMAGE',
      `The mask ${path} cannot be read: ${(cause as Error).message.split('\n')[0]}.`,
      'Replace it, or remove it to evaluate this image without pixels.',
      { cause },
    );
  }
}
