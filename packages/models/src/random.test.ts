import { expect, test } from 'vitest';
import { SeededRandom } from './random.js';

test('draws the numbers of the published generator', () => {
  // First outputs of SplitMix64 for the seed 1234567, as the reference implementation prints them.
  const random = new SeededRandom(1234567);
  const expected = [6457827717110365317n, 3203168211198807973n, 9817491932198370423n];
  for (const value of expected) expect(random.below(2 ** 53)).toBe(Number(value % 2n ** 53n));
});

test('chooses different numbers, ascending, all equally often', () => {
  const counts = new Array(5).fill(0);
  for (let seed = 0; seed < 2000; seed++) {
    const chosen = new SeededRandom(seed).choose(2, 5);
    expect(chosen[0]).toBeLessThan(chosen[1]!);
    for (const number of chosen) counts[number]++;
  }
  // 800 each; six standard deviations of a binomial are 131.
  for (const count of counts) expect(Math.abs(count - 800)).toBeLessThan(131);
});
