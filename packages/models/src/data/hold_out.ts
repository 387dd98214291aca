import { SeededRandom } from '../random.js';
import type { Sample } from './sample.js';

/** The share of good images that is tested on where a data set has no split: 20 %, as Rudolph et al. 2021 did. */
const HELD_OUT = 0.2;

/**
 * Holds good images out for testing, chosen by the seed alone.
 *
 * @param good - in an order that is the same everywhere
 * @returns what to learn from, what to test on, and a note that says so
 */
export function holdOut(good: readonly Sample[], seed: number) {
  const count = Math.round(HELD_OUT * good.length);
  const chosen = new Set(new SeededRandom(seed).choose(count, good.length));
  return {
    learn: good.filter((_, i) => !chosen.has(i)),
    test: good.filter((_, i) => chosen.has(i)),
    note: `${count} of ${good.length} good images, chosen with seed ${seed}, are held out for testing.`,
  };
}
