import { aurocOf } from './auroc.js';
import { normalInverse } from './normal_distribution.js';
import { covariance, placements } from './placements.js';
import { checkOpenShare } from './range.js';
import { defined, type MetricResult, undefinedBecause } from './result.js';
import { byClass, type ClassScores, type Labels, missingClass, type Scores } from './scores.js';

/** A confidence interval. */
export interface Interval {
  low: number;
  high: number;
  level: number;
  /** How it was found. */
  method: string;
}

/**
 * Confidence interval of the AUROC by DeLong's variance (DeLong, DeLong and Clarke-Pearson 1988), on the logit scale,
 * so that it stays within 0..1. Where the classes are separated perfectly that variance is 0 and says nothing; then
 * the score interval of Newcombe (2006, method 5) is given, which stays honest: 1.0 on 20 good and 63 bad images is
 * not certainty.
 *
 * @param level - confidence, between 0 and 1
 * @returns not defined for one class, or fewer than two samples of a class
 * @throws MetricError E_EMPTY, E_LENGTH, E_NOT_FINITE, E_LABEL, E_RANGE (level)
 * @example
 * aurocInterval([0.1, 0.4, 0.35, 0.8, 0.9], [0, 0, 1, 1, 1]);
 */
export function aurocInterval(scores: Scores, labels: Labels, level = 0.95): MetricResult<Interval> {
  checkOpenShare('confidence level', level);
  const sorted = byClass(scores, labels);
  const missing = missingClass(sorted);
  if (missing) return missing;
  if (Math.min(sorted.positives.length, sorted.negatives.length) < 2) {
    return undefinedBecause('a class has fewer than two samples');
  }
  const area = aurocOf(sorted);
  if (!area.defined) return area;
  // From the tail, where a level near 1 is still exact.
  const z = -normalInverse((1 - level) / 2);
  const deviation = Math.sqrt(delongVariance(sorted));
  if (deviation === 0 || area.value === 0 || area.value === 1) {
    return defined({ ...newcombe(area.value, sorted, z), level, method: 'newcombe' });
  }
  const logit = Math.log(area.value / (1 - area.value));
  const half = (z * deviation) / (area.value * (1 - area.value));
  const logistic = (x: number) => 1 / (1 + Math.exp(-x));
  return defined({ low: logistic(logit - half), high: logistic(logit + half), level, method: 'delong' });
}

/** DeLong's variance: that of the mean placement values of both classes. */
function delongVariance(sorted: ClassScores): number {
  const { positives, negatives } = placements(sorted, sorted);
  return (
    covariance(positives, positives) / positives.length + covariance(negatives, negatives) / negatives.length
  );
}

/** Newcombe 2006: the areas that a score test with Hanley and McNeil's variance would not reject. */
function newcombe(
  area: number,
  { positives, negatives }: ClassScores,
  z: number,
): { low: number; high: number } {
  const m = positives.length;
  const n = negatives.length;
  const half = (m + n) / 2 - 1;
  const variance = (t: number) => (t * (1 - t) * (1 + half * ((1 - t) / (2 - t) + t / (1 + t)))) / (m * n);
  const rejects = (t: number) => (area - t) ** 2 > z * z * variance(t);
  const boundary = (outside: number) => {
    let out = outside;
    let inside = area;
    for (let i = 0; i < 200; i++) {
      const middle = (out + inside) / 2;
      if (rejects(middle)) out = middle;
      else inside = middle;
    }
    return inside;
  };
  return { low: area === 0 ? 0 : boundary(0), high: area === 1 ? 1 : boundary(1) };
}
