import { AdError } from '@ad/core-native';
import type { Size } from '../image/index.js';
import type { Region } from '../model/prediction.js';

/**
 * The pixels of a region, which tells only its box, area and peak: those that hang together with its peak at the highest
 * level where they are `area` many. No threshold is needed, since the level falls out of the area.
 *
 * @param map - `[height, width]`, the map in which the region was found
 * @returns `[region.height, region.width]`, 1 = inside
 * @throws AdError E_ARGUMENT when the map has no such region
 */
export function regionMask(map: Float32Array, size: Size, region: Region): Uint8Array {
  const { left, top, width, height, area } = region;
  const seed = (region.peakY - top) * width + region.peakX - left;
  const fits = left >= 0 && top >= 0 && left + width <= size.width && top + height <= size.height;
  if (fits && area >= 1) {
    const values = new Float32Array(width * height);
    for (let y = 0; y < height; y++) {
      const begin = (top + y) * size.width + left;
      values.set(map.subarray(begin, begin + width), y * width);
    }
    // Ascending; NaN sorts last, and no pixel is at or above it.
    const levels = values.slice().sort();
    // `area` pixels can only be reached at or below the area-th largest value. That one is tried first: it is the level,
    // unless pixels of another region lie in this one's box.
    let [low, high] = [0, levels.length - area];
    for (let middle = high; low < high; middle = Math.ceil((low + high) / 2)) {
      if (flood(values, width, seed, levels[middle]!).area >= area) low = middle;
      else high = middle - 1;
    }
    const found = flood(values, width, seed, levels[low] ?? Number.NaN);
    if (found.area === area) return found.mask;
  }
  throw new AdError(
    'E_ARGUMENT',
    `The map has no region of ${area} pixels around (${region.peakX}, ${region.peakY}) in the box ` +
      `${left},${top} ${width} x ${height} of its ${size.width} x ${size.height} pixels.`,
    'Give the regions and the map of one and the same prediction.',
  );
}

/** What is 8-connected to the seed at or above a level. */
function flood(values: Float32Array, width: number, seed: number, level: number) {
  const mask = new Uint8Array(values.length);
  const stack: number[] = [];
  let area = 0;
  const visit = (i: number) => {
    // Above the first row and below the last there is no pixel, and `undefined` is in no mask.
    if (mask[i] !== 0 || !(values[i]! >= level)) return;
    mask[i] = 1;
    area++;
    stack.push(i);
  };
  visit(seed);
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    const column = at % width;
    for (let x = Math.max(column - 1, 0); x <= Math.min(column + 1, width - 1); x++) {
      const i = at - column + x;
      visit(i - width);
      visit(i);
      visit(i + width);
    }
  }
  return { mask, area };
}
