import { describe, expect, it } from 'vitest';
import { seeded } from './random.js';

const first = (seed: number, count: number) => {
  const random = seeded(seed);
  return Array.from({ length: count }, random);
};

describe('seeded', () => {
  it('repeats itself for a seed and differs between seeds, beyond 32 bits too', () => {
    expect(first(1, 5)).toEqual(first(1, 5));
    expect(new Set([0, 1, 2, 2 ** 32, 2 ** 32 + 1, 2 ** 40].map((seed) => first(seed, 2).join())).size).toBe(
      6,
    );
  });

  it('fills 16 buckets evenly: chi-squared below its 99.9 % quantile for 15 degrees of freedom', () => {
    const counts = new Array<number>(16).fill(0);
    const draws = 64_000;
    for (const value of first(7, draws)) counts[Math.floor(value / 2 ** 28)]!++;
    const expected = draws / 16;
    const chiSquared = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    expect(chiSquared).toBeLessThan(37.7);
  });
});
