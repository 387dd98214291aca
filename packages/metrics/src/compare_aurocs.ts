import { aurocOf } from './auroc.js';
import type { Interval } from './delong.js';
import { MetricError } from './errors.js';
import { normalCumulative, normalInverse } from './normal_distribution.js';
import { covariance, placements } from './placements.js';
import { checkOpenShare } from './range.js';
import { defined, type MetricResult, undefinedBecause } from './result.js';
import { type ClassScores, type Labels, missingClass, type Scores, splitByClass } from './scores.js';
import { sortFloats } from './sort_floats.js';

// A true deviation is at least about 1 / (2 m n); what is below this is the rounding of equal placements.
const ROUNDING = 1e-13;

/** Whether two models differ in AUROC on the same samples. */
export interface AurocComparison {
  /** AUROC of the first model. */
  first: number;
  /** AUROC of the second model. */
  second: number;
  /** First minus second. */
  difference: number;
  /** The difference in standard errors. */
  z: number;
  /** Two-sided p-value of no difference. */
  pValue: number;
  /** Confidence interval of the difference. */
  interval: Interval;
}

/**
 * DeLong's paired test: do two models that scored the same samples differ in AUROC? The samples being shared, their
 * scores go together, and the covariance of that is taken into account.
 *
 * @param first - `[n]`, scores of the first model, finite
 * @param second - `[n]`, scores of the second model for the same samples
 * @param labels - `[n]`, 1 = defective
 * @param level - confidence of the interval, between 0 and 1
 * @returns not defined for one class, for fewer than two samples of a class, or where the difference does not vary
 *   although it is not 0, as between a perfect model and a reversed one
 * @throws MetricError E_EMPTY, E_LENGTH, E_NOT_FINITE, E_LABEL, E_RANGE (level)
 * @see DeLong, DeLong and Clarke-Pearson 1988, equations 4 to 8
 * @example
 * const result = compareAurocs(patchcore, padim, labels);
 * if (result.defined && result.value.pValue < 0.05) console.log('they differ by', result.value.difference);
 */
export function compareAurocs(
  first: Scores,
  second: Scores,
  labels: Labels,
  level = 0.95,
): MetricResult<AurocComparison> {
  checkOpenShare('confidence level', level);
  if (first.length !== second.length) {
    throw new MetricError(
      'E_LENGTH',
      `There are ${first.length} scores of one model but ${second.length} of the other.`,
    );
  }
  const a = inBothOrders(splitByClass(first, labels));
  const b = inBothOrders(splitByClass(second, labels));
  const missing = missingClass(a.sorted);
  if (missing) return missing;
  const { positives, negatives } = a.sorted;
  if (Math.min(positives.length, negatives.length) < 2) {
    return undefinedBecause('a class has fewer than two samples');
  }
  const areas = [aurocOf(a.sorted), aurocOf(b.sorted)].map((area) => (area.defined ? area.value : 0));
  const [areaA, areaB] = areas as [number, number];
  const va = placements(a.given, a.sorted);
  const vb = placements(b.given, b.sorted);
  // The variance of a difference is that of the differences: no cancellation, and exactly 0 for equal models.
  const byPositive = va.positives.map((value, i) => value - vb.positives[i]!);
  const byNegative = va.negatives.map((value, i) => value - vb.negatives[i]!);
  const deviation = Math.sqrt(
    covariance(byPositive, byPositive) / positives.length +
      covariance(byNegative, byNegative) / negatives.length,
  );
  const difference = areaA - areaB;
  const still = deviation < ROUNDING;
  if (still && difference !== 0) {
    return undefinedBecause('the difference does not vary between samples, so its standard error is 0');
  }
  const z = still ? 0 : difference / deviation;
  const half = -normalInverse((1 - level) / 2) * deviation;
  return defined({
    first: areaA,
    second: areaB,
    difference,
    z,
    pValue: 2 * normalCumulative(-Math.abs(z)),
    interval: {
      low: Math.max(-1, difference - half),
      high: Math.min(1, difference + half),
      level,
      method: 'delong-paired',
    },
  });
}

function inBothOrders(given: ClassScores): { given: ClassScores; sorted: ClassScores } {
  const sorted = {
    positives: sortFloats(given.positives.slice()),
    negatives: sortFloats(given.negatives.slice()),
  };
  return { given, sorted };
}
