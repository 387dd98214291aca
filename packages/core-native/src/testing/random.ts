import type { Matrix } from '../index.js';

/** Sizes around every register width and tile edge. */
export const AWKWARD = [1, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 64];

/** Seeded numbers in [-1, 1), the same everywhere (Mulberry32). */
export function randomFloats(length: number, seed = 1): Float32Array {
  let state = seed >>> 0;
  return Float32Array.from({ length }, () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let z = Math.imul(state ^ (state >>> 15), state | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 31 - 1;
  });
}

/** `[rows, cols]` of {@link randomFloats}. */
export function randomMatrix(rows: number, cols: number, seed = 1): Matrix {
  return { data: randomFloats(rows * cols, seed), rows, cols };
}

/** Small whole numbers: squared distances are exact in fp32, and ties are many. */
export function lattice(rows: number, cols: number, seed = 1): Matrix {
  return { data: randomFloats(rows * cols, seed).map((x) => Math.round(4 * x)), rows, cols };
}

/** The largest absolute difference of two arrays of one length. */
export function largestDifference(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (found.length !== expected.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let i = 0; i < found.length; i++) {
    const difference = Math.abs(found[i]! - expected[i]!);
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}
