import type { ClassScores } from './scores.js';
import { countBelow, countUpTo } from './search.js';

/** DeLong's structural components: for each sample, the share of the other class that it is on the right side of. */
export interface Placements {
  /** V10, `[positives]`: share of good samples below each defective one, ties counting half. */
  positives: Float64Array;
  /** V01, `[negatives]`: share of defective samples above each good one, ties counting half. */
  negatives: Float64Array;
}

/** Components of scores in the order given, which sorted copies serve to look up (DeLong et al. 1988, equation 4). */
export function placements(given: ClassScores, sorted: ClassScores): Placements {
  const below = (score: number, among: ArrayLike<number>) =>
    (countBelow(among, score) + countUpTo(among, score)) / 2 / among.length;
  return {
    positives: Float64Array.from(given.positives, (score) => below(score, sorted.negatives)),
    negatives: Float64Array.from(given.negatives, (score) => 1 - below(score, sorted.positives)),
  };
}

/** Unbiased covariance of paired values. */
export function covariance(a: Float64Array, b: Float64Array): number {
  const meanA = mean(a);
  const meanB = mean(b);
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - meanA) * (b[i]! - meanB);
  return sum / (a.length - 1);
}

/** Arithmetic mean. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}
