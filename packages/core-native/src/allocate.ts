import { addon } from './load.js';

/**
 * A zeroed array for large data that is written once from end to end: rows of features, factors, maps of a batch. The
 * system is asked to back it by huge pages, so that filling it costs one page fault per 2 MiB instead of one per 4 KiB.
 *
 * @param length - in floats
 * @throws RangeError when there is no such memory, as `new Float32Array` does
 * @throws AdError E_NATIVE_LOAD
 * @example
 * const rows = allocateFloats(163856 * 384);
 */
export function allocateFloats(length: number): Float32Array<ArrayBuffer> {
  const array = new Float32Array(length);
  addon().preferHugePages(array);
  return array;
}
