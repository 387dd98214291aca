import { expect, test } from 'vitest';
import { checkComponents, decompositionBytes } from './components.js';

test('components that there cannot be are refused before the work', () => {
  const message = (asked: number, images: number, values: number) => {
    try {
      checkComponents('DFM', asked, images, values);
      return null;
    } catch (error) {
      return (error as Error).message;
    }
  };
  expect(message(0.97, 5000, 16_384)).toBeNull();
  expect(message(9, 10, 50)).toBeNull();
  expect(message(10, 10, 50)).toMatch('at most 9.');
  expect(message(4080, 5000, 16_384)).toBeNull();
  expect(message(4081, 5000, 16_384)).toMatch('at most 4080.');
});

test('what is too large to decompose takes the memory of a sample', () => {
  expect(decompositionBytes(0.97, 209, 16_384)).toBe(16 * 209 ** 2);
  expect(decompositionBytes(16, 10_000, 16_384)).toBeLessThan(16 * 4096 ** 2);
});
