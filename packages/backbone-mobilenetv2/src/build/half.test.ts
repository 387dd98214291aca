import { expect, test } from 'vitest';
import { fromHalf, widenHalf } from './half.js';

test.each([
  [0x3c00, 1],
  [0xc000, -2],
  [0x7bff, 65504],
  [0x3555, 0.333251953125],
  [0x0400, 2 ** -14],
  [0x03ff, 1023 * 2 ** -24],
  [0x0001, 2 ** -24],
  [0x8000, -0],
  [0x7c00, Number.POSITIVE_INFINITY],
  [0xfc00, Number.NEGATIVE_INFINITY],
  [0x7e00, Number.NaN],
])('the bits %i are the number %d', (bits, value) => {
  expect(fromHalf(bits)).toBe(value);
});

test('reads little-endian bytes at any offset', () => {
  const bytes = Uint8Array.of(9, 0x00, 0x3c, 0x00, 0xc0).subarray(1);
  expect(widenHalf(bytes)).toEqual(Float32Array.of(1, -2));
});
