import type { SeededRandom } from '@ad/models';

const STEPS = 2 ** 32;

/** A number from `low` to `high`, every one as likely. */
export function between(random: SeededRandom, low: number, high: number): number {
  return low + ((high - low) * random.below(STEPS)) / STEPS;
}

/** True in `share` of the calls. */
export function chance(random: SeededRandom, share: number): boolean {
  return between(random, 0, 1) < share;
}

/** A standard normal number (Box and Muller 1958, equation 2). */
export function normal(random: SeededRandom): number {
  // 1 - x keeps the logarithm's argument above 0.
  const radius = Math.sqrt(-2 * Math.log(1 - between(random, 0, 1)));
  return radius * Math.cos(between(random, 0, 2 * Math.PI));
}
