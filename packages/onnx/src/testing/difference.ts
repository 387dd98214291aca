import { expect } from 'vitest';

/** The largest difference, measured by the largest expected value. */
export function difference(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(found.length).toBe(expected.length);
  const list = Array.from(expected);
  const scale = Math.max(...list.map(Math.abs), 1e-3);
  return Math.max(...list.map((value, i) => Math.abs(found[i]! - value))) / scale;
}
