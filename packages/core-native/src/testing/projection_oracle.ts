import type { Matrix } from '../index.js';

const MASK = (1n << 64n) - 1n;

/** SplitMix64's output function on 64-bit whole numbers. */
function splitmix64(z: bigint): bigint {
  z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK;
  z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK;
  return z ^ (z >> 31n);
}

/** What sparseProjection computes: the dense product with the matrix that its room's README defines. */
export function projectionOracle(
  points: Matrix,
  components: number,
  seed: number,
  density: number,
): Float64Array {
  const { data, rows, cols } = points;
  const size = Math.sqrt(1 / density / components);
  const entries = Array.from({ length: components * cols }, (_, place) => {
    const z = (BigInt(seed) + BigInt(place + 1) * 0x9e3779b97f4a7c15n) & MASK;
    const u = Number(splitmix64(z) >> 11n) * 2 ** -53;
    return u < density / 2 ? size : u < density ? -size : 0;
  });
  const out = new Float64Array(rows * components);
  for (let r = 0; r < rows; r++) {
    for (let j = 0; j < components; j++) {
      for (let i = 0; i < cols; i++) {
        out[r * components + j]! += entries[j * cols + i]! * data[r * cols + i]!;
      }
    }
  }
  return out;
}
