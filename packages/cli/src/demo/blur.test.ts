import { expect, test } from 'vitest';
import { blur } from './blur.js';
import { SIZE } from './frame.js';

test('a point becomes the Gaussian itself', () => {
  const point = new Float32Array(SIZE * SIZE);
  const [x, y, sigma] = [100, 60, 2];
  point[y * SIZE + x] = 1;
  const spread = blur(point, sigma);
  for (const [dx, dy] of [
    [0, 0],
    [3, 0],
    [0, -3],
    [2, 4],
  ] as const) {
    const density = Math.exp(-(dx * dx + dy * dy) / (2 * sigma * sigma)) / (2 * Math.PI * sigma * sigma);
    // The kernel ends at 3 sigma and is scaled to a sum of 1: 0.3 % per direction.
    expect(spread[(y + dy) * SIZE + x + dx]! / density).toBeCloseTo(1, 1);
  }
  expect(spread.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
});

test('a flat plane stays flat up to the border', () => {
  const error = blur(new Float32Array(SIZE * SIZE).fill(3), 5).map((value) => Math.abs(value - 3));
  expect(Math.max(...error.subarray(0, SIZE), ...error.subarray(-SIZE))).toBeLessThan(1e-5);
  expect(error.reduce((sum, value) => sum + value, 0) / error.length).toBeLessThan(1e-5);
});
