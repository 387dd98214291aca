import { SIZE } from './frame.js';

/**
 * Gaussian blur of a `[SIZE, SIZE]` plane; beyond the border the edge repeats. Here and not through sharp, which
 * carries floating point values through 8-bit colour spaces.
 *
 * @param sigma - standard deviation, px
 */
export function blur(plane: Float32Array, sigma: number): Float32Array {
  const weights = gaussian(sigma);
  return pass(pass(plane, weights, 1, SIZE), weights, SIZE, 1);
}

function gaussian(sigma: number): Float64Array {
  const radius = Math.ceil(3 * sigma);
  const weights = Float64Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * sigma * sigma)),
  );
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** One direction: `step` leads along a line, `stride` to the next line. */
function pass(plane: Float32Array, weights: Float64Array, step: number, stride: number): Float32Array {
  const out = new Float32Array(plane.length);
  const radius = (weights.length - 1) / 2;
  const padded = new Float32Array(SIZE + 2 * radius);
  for (let line = 0; line < SIZE; line++) {
    for (let i = 0; i < padded.length; i++) {
      const at = Math.min(Math.max(i - radius, 0), SIZE - 1);
      padded[i] = plane[line * stride + at * step]!;
    }
    for (let i = 0; i < SIZE; i++) {
      let sum = 0;
      for (let k = 0; k < weights.length; k++) sum += weights[k]! * padded[i + k]!;
      out[line * stride + i * step] = sum;
    }
  }
  return out;
}
