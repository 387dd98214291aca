import type { Component } from './addon.js';
import { type CallOptions, call } from './call.js';
import { checkMatrix, type Matrix } from './check.js';
import { AdError } from './errors.js';
import { addon } from './load.js';

/**
 * The 8-connected regions of a map where `map >= threshold`, ordered by first pixel in row order. NaN is never
 * inside a region.
 *
 * @param map - `[rows, cols]`, any unit
 * @param threshold - in the map's unit; +-Infinity is allowed, NaN is refused
 * @throws AdError E_SHAPE, E_ARGUMENT
 * @example
 * const regions = await findComponents({ data: map, rows: 224, cols: 224 }, 2.5);
 * console.log(regions[0]?.area, regions[0]?.peak);
 */
export async function findComponents(
  map: Matrix,
  threshold: number,
  options: CallOptions = {},
): Promise<Component[]> {
  checkMatrix('map', map);
  if (Number.isNaN(threshold)) throw new AdError('E_ARGUMENT', 'threshold is NaN; expected a number.');
  const { data, rows, cols } = map;
  return call(options, (run) => addon().findComponents({ map: data, rows, cols, threshold }, run));
}
