import type { Geometry } from './geometry.js';

/**
 * An anomaly map in the pixels of the original image: bilinear between the input's pixel centres, NaN for the rim
 * that the input does not cover.
 *
 * @param map - `[height, width]` of the input
 * @returns `[height, width]` of the original
 */
export function placeMap(map: Float32Array, geometry: Geometry): Float32Array {
  const { original, input, placed, inspected } = geometry;
  const out = new Float32Array(original.width * original.height).fill(Number.NaN);
  const columns = axis(
    inspected.left,
    inspected.width,
    original.width,
    placed.left,
    placed.width,
    input.width,
  );
  const rows = axis(
    inspected.top,
    inspected.height,
    original.height,
    placed.top,
    placed.height,
    input.height,
  );
  for (let i = 0; i < inspected.height; i++) {
    const upper = rows.low[i]! * input.width;
    const lower = rows.high[i]! * input.width;
    const v = rows.share[i]!;
    const begin = (inspected.top + i) * original.width + inspected.left;
    for (let j = 0; j < inspected.width; j++) {
      const a = columns.low[j]!;
      const b = columns.high[j]!;
      const u = columns.share[j]!;
      const top = map[upper + a]! * (1 - u) + map[upper + b]! * u;
      const bottom = map[lower + a]! * (1 - u) + map[lower + b]! * u;
      out[begin + j] = top * (1 - v) + bottom * v;
    }
  }
  return out;
}

/** Along one axis: the two input pixels around each original pixel's centre, and the share of the second. */
function axis(
  first: number,
  count: number,
  original: number,
  offset: number,
  resized: number,
  input: number,
) {
  const low = new Uint32Array(count);
  const high = new Uint32Array(count);
  const share = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const at = Math.min(Math.max(((first + i + 0.5) * resized) / original - 0.5 + offset, 0), input - 1);
    low[i] = Math.floor(at);
    high[i] = Math.min(low[i]! + 1, input - 1);
    share[i] = at - low[i]!;
  }
  return { low, high, share };
}
