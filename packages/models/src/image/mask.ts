import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AdError } from '@ad/core-native';
import sharp from 'sharp';
import { decodeBmp, isBmp } from './bmp.js';
import type { Geometry } from './geometry.js';

/** Grey values of a mask, of 8 or 16 bits. */
export type MaskValues = Uint8Array | Uint16Array;

/**
 * A ground-truth mask at the model's input, 1 = defect: nearest neighbour by pixel centres, as its image was resized
 * and cropped. A pixel is defective above half of the range (8 bits: above 127), in any of its colours. A mask without
 * such a pixel holds indices, as VisA's do: then all that is not 0 is defective.
 *
 * @param path - of a file, or of a folder of masks, one per defect: a pixel of any of them is defective
 * @param geometry - of the mask's image
 * @returns `[height, width]` of the input
 * @throws AdError E_IMAGE when it cannot be read or has not its image's size
 */
export async function loadMask(path: string, geometry: Geometry): Promise<Uint8Array> {
  const { input } = geometry;
  const union = new Uint8Array(input.width * input.height);
  for (const file of await maskFiles(path)) {
    const { mask } = await loadDefect(file, geometry);
    mask.forEach((value, i) => {
      if (value) union[i] = 1;
    });
  }
  return union;
}

/** The files of a mask: itself, or those of its folder. */
export async function maskFiles(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isDirectory()) return [path];
  const names = await readdir(path);
  const files = names.filter((name) => /\.(png|bmp|tiff?|jpe?g|webp|gif|avif)$/i.test(name)).sort();
  if (files.length > 0) return files.map((name) => join(path, name));
  throw unreadable(path, 'the folder holds no masks');
}

/** One mask file as its defect: where it is at the input, and what the file says of it. */
export interface LoadedDefect {
  /** `[height, width]` of the input, 1 = defect. */
  mask: Uint8Array;
  /** Defective pixels of the original. */
  area: number;
  /** The largest grey value: MVTec LOCO's kind of defect. */
  value: number;
}

/** Reads one mask file, see {@link loadMask}. */
export async function loadDefect(path: string, geometry: Geometry): Promise<LoadedDefect> {
  const { data, width, height } = await decodeMask(path);
  const { original, input, placed } = geometry;
  if (width !== original.width || height !== original.height) {
    throw new AdError(
      'E_IMAGE',
      `The mask ${path} has ${width} x ${height} pixels, but its image has ${original.width} x ${original.height}.`,
      'A mask must have the size of its image.',
    );
  }
  const { above, area, value } = maskLevels(data);
  const columns = nearest(input.width, placed.left, placed.width, original.width);
  const rows = nearest(input.height, placed.top, placed.height, original.height);
  const mask = new Uint8Array(input.width * input.height);
  rows.forEach((y, i) => {
    columns.forEach((x, j) => {
      if (x >= 0 && y >= 0 && data[y * width + x]! > above) mask[i * input.width + j] = 1;
    });
  });
  return { mask, area, value };
}

/** Above which grey value a pixel is defective, how many are, and the largest value. */
export function maskLevels(data: MaskValues): { above: number; area: number; value: number } {
  const half = (256 ** data.BYTES_PER_ELEMENT - 1) >> 1;
  let value = 0;
  for (const grey of data) if (grey > value) value = grey;
  const above = value > half ? half : 0;
  let area = 0;
  for (const grey of data) if (grey > above) area++;
  return { above, area, value };
}

/** Whether a mask file marks nothing. */
export async function isBlankMask(path: string): Promise<boolean> {
  return maskLevels((await decodeMask(path)).data).value === 0;
}

/** For each input pixel along one axis the original pixel at its centre, or -1 where the input is padding. */
function nearest(input: number, offset: number, resized: number, original: number): number[] {
  return Array.from({ length: input }, (_, i) => {
    const at = Math.floor(((i - offset + 0.5) * original) / resized);
    return at >= 0 && at < original ? at : -1;
  });
}

/** A mask file as it is: of each pixel the largest of its colours, in the depth of the file; alpha does not count. */
export async function decodeMask(path: string): Promise<{ data: MaskValues; width: number; height: number }> {
  try {
    const bytes = await readFile(path);
    if (isBmp(bytes)) {
      const { data, width, height } = decodeBmp(bytes);
      return { data: largest(data, 3), width, height };
    }
    const file = sharp(bytes, { failOn: 'warning' });
    const deep = (await file.metadata()).depth === 'ushort';
    const { data, info } = await file
      .toColourspace(deep ? 'rgb16' : 'srgb')
      .removeAlpha()
      .raw({ depth: deep ? 'ushort' : 'uchar' })
      .toBuffer({ resolveWithObject: true });
    const values = deep ? new Uint16Array(new Uint8Array(data).buffer) : new Uint8Array(data);
    return { data: largest(values, info.channels), width: info.width, height: info.height };
  } catch (cause) {
    throw unreadable(path, (cause as Error).message.split('\n')[0]!, cause);
  }
}

/** Of each pixel the largest of its channels. */
function largest<T extends MaskValues>(values: T, channels: number): T {
  const data = values.slice(0, values.length / channels) as T;
  for (let i = 0; i < data.length; i++) {
    let value = 0;
    for (let c = 0; c < channels; c++) value = Math.max(value, values[i * channels + c]!);
    data[i] = value;
  }
  return data;
}

function unreadable(path: string, why: string, cause?: unknown): AdError {
  return new AdError(
    'E_IMAGE',
    `The mask ${path} cannot be read: ${why}.`,
    'Replace it, or remove it to evaluate this image without pixels.',
    { cause },
  );
}
