import { expect, test } from 'vitest';
import { allocateFloats } from './index.js';

test.each([0, 1, 1000, 3 * 1024 * 1024 + 5])('%i floats are zeros that can be written', (length) => {
  const array = allocateFloats(length);
  expect(array).toHaveLength(length);
  expect(array.every((value) => value === 0)).toBe(true);
  array.fill(1);
  expect(array.every((value) => value === 1)).toBe(true);
});

test('memory that cannot be had is a RangeError', () => {
  expect(() => allocateFloats(Number.MAX_SAFE_INTEGER)).toThrow(RangeError);
});
