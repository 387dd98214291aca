import sharp from 'sharp';
import type { RgbImage, Size } from '../image/index.js';

/** An image at another size: enlarged its pixels stay squares of one colour, reduced they are averaged (Lanczos). */
export async function resampleImage({ data, width, height }: RgbImage, size: Size): Promise<RgbImage> {
  if (size.width === width && size.height === height) return { data: Uint8Array.from(data), width, height };
  const kernel = size.width > width || size.height > height ? 'nearest' : 'lanczos3';
  const resized = await sharp(data, { raw: { width, height, channels: 3 } })
    .resize({ ...size, fit: 'fill', kernel })
    .raw()
    .toBuffer();
  return { data: resized, ...size };
}

/**
 * A map at another size. Each pixel takes the largest score of those it covers: a defect of one pixel must not
 * average away in a reduced picture. NaN only where all of them are.
 *
 * @param map - `[from.height, from.width]`
 * @returns `[to.height, to.width]`
 */
export function resampleMap(map: Float32Array, from: Size, to: Size): Float32Array {
  if (from.width === to.width && from.height === to.height) return map;
  const columns = covered(from.width, to.width);
  const rows = covered(from.height, to.height);
  const out = new Float32Array(to.width * to.height).fill(Number.NaN);
  rows.forEach(([top, bottom], y) => {
    columns.forEach(([left, right], x) => {
      let largest = Number.NaN;
      for (let i = top; i < bottom; i++) {
        for (let j = left; j < right; j++) {
          const value = map[i * from.width + j]!;
          if (!(value <= largest) && !Number.isNaN(value)) largest = value;
        }
      }
      out[y * to.width + x] = largest;
    });
  });
  return out;
}

/** Along one axis: the first source pixel under each pixel, and the one after the last. */
function covered(from: number, to: number): [number, number][] {
  return Array.from({ length: to }, (_, i) => [
    Math.floor((i * from) / to),
    Math.ceil(((i + 1) * from) / to),
  ]);
}
