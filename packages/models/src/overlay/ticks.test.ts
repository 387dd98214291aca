import { describe, expect, it } from 'vitest';
import { niceTicks } from './ticks.js';

describe('niceTicks', () => {
  it.each([
    [0.8, 3.2, 6, [1, 1.5, 2, 2.5, 3]],
    [0, 1, 6, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [0, 1, 5, [0, 0.5, 1]],
    [-5000, 1500, 4, [-4000, -2000, 0]],
    [0.07, 0.31, 6, [0.1, 0.15, 0.2, 0.25, 0.3]],
  ])('of %d to %d, at most %d', (low, high, most, ticks) => {
    expect(niceTicks(low, high, most)).toEqual(ticks);
  });

  it('has one tick where the range is one value', () => {
    expect(niceTicks(2.5, 2.5, 6)).toEqual([2.5]);
  });

  it.each([
    [0, 5e-324],
    [1e-30, 3e-30],
    [1e9, 1e9 + 64],
    [-1e300, 1e300],
    [0, 1e-7],
  ])('stays inside %d to %d, evenly, and never more than asked', (low, high) => {
    for (const most of [2, 3, 8]) {
      const ticks = niceTicks(low, high, most);
      expect(ticks.length).toBeGreaterThan(0);
      expect(ticks.length).toBeLessThanOrEqual(most);
      expect(ticks[0]).toBeGreaterThanOrEqual(low);
      expect(ticks.at(-1)).toBeLessThanOrEqual(high);
      expect(new Set(ticks).size).toBe(ticks.length);
    }
  });
});
