import { expect, test } from 'vitest';
import { overlayRange } from './overlay.js';

const map = Float32Array.of(0.5, Number.NaN, 9);

test('equal colours are equal scores on every image, where there is a threshold', () => {
  expect(overlayRange(map, 2)).toEqual({ low: 1, high: 4 });
  expect(overlayRange(Float32Array.of(0.1), 2)).toEqual({ low: 1, high: 4 });
});

test.each([null, 0, -3])('spans the map where the threshold %s says nothing of its scale', (threshold) => {
  expect(overlayRange(map, threshold)).toEqual({ low: 0.5, high: 9 });
});
