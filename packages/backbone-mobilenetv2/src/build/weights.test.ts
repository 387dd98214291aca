import { expect, test } from 'vitest';
import { toChannelsFirst } from './weights.js';

test('moves the input channels of a convolution before its kernel', () => {
  // [out 2, h 1, w 2, in 2]
  const { shape, values } = toChannelsFirst([2, 1, 2, 2], Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7), false);
  expect(shape).toEqual([2, 2, 1, 2]);
  expect([...values]).toEqual([0, 2, 1, 3, 4, 6, 5, 7]);
});

test('gives every channel of a depthwise convolution its own kernel', () => {
  const { shape, values } = toChannelsFirst([1, 2, 1, 3], Float32Array.of(0, 1, 2, 3, 4, 5), true);
  expect(shape).toEqual([3, 1, 2, 1]);
  expect([...values]).toEqual([0, 3, 1, 4, 2, 5]);
});

test('refuses weights that do not fill their shape', () => {
  expect(() => toChannelsFirst([1, 1, 1, 2], new Float32Array(3), false)).toThrow(/3 weights/);
  expect(() => toChannelsFirst([2, 1, 1, 1], new Float32Array(2), true)).toThrow(/depthwise/);
});
