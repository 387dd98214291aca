import { defined, type MetricResult, undefinedBecause } from './result.js';
import { byClass, type ClassScores, type Labels, type Scores } from './scores.js';
import { sweep } from './sweep.js';

/**
 * Average precision: AP = sum of (R_k - R_(k-1)) P_k over every distinct threshold, descending. A step function, never
 * interpolated; not the same number as {@link auprTrapezoid}.
 *
 * @param scores - `[n]`, finite
 * @param labels - `[n]`, 1 = defective
 * @returns 0..1; not defined without defective samples
 * @throws MetricError E_EMPTY, E_LENGTH, E_NOT_FINITE, E_LABEL
 * @see Manning, Raghavan and Schütze 2008, chapter 8; the definition of scikit-learn's average_precision_score
 * @example
 * averagePrecision([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]); // { defined: true, value: 0.8333333333333333 }
 */
export function averagePrecision(scores: Scores, labels: Labels): MetricResult {
  return averagePrecisionOf(byClass(scores, labels));
}

/**
 * Area under the precision-recall curve by the trapezoid rule, beginning at recall 0 and precision 1. It joins points
 * that no threshold between them reaches, and so is optimistic (Davis and Goadrich 2006); reported because others do.
 * Not the same number as {@link averagePrecision}.
 *
 * @param scores - `[n]`, finite
 * @param labels - `[n]`, 1 = defective
 * @returns 0..1; not defined without defective samples
 * @throws MetricError E_EMPTY, E_LENGTH, E_NOT_FINITE, E_LABEL
 * @see Davis and Goadrich 2006
 * @example
 * auprTrapezoid([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]); // { defined: true, value: 0.7916666666666666 }
 */
export function auprTrapezoid(scores: Scores, labels: Labels): MetricResult {
  return auprTrapezoidOf(byClass(scores, labels));
}

/** {@link averagePrecision} of scores that are sorted already. */
export function averagePrecisionOf(sorted: ClassScores): MetricResult {
  return areaUnderPr(sorted, (_before, after) => after);
}

/** {@link auprTrapezoid} of scores that are sorted already. */
export function auprTrapezoidOf(sorted: ClassScores): MetricResult {
  return areaUnderPr(sorted, (before, after) => (before + after) / 2);
}

/** Area with a height for each step of recall that is made of the precision before and after it. */
function areaUnderPr(sorted: ClassScores, height: (before: number, after: number) => number): MetricResult {
  const total = sorted.positives.length;
  if (total === 0) return undefinedBecause('there are no defective samples');
  let area = 0;
  let found = 0;
  let before = 1;
  sweep(sorted, (_threshold, tp, fp) => {
    const after = tp / (tp + fp);
    area += ((tp - found) / total) * height(before, after);
    found = tp;
    before = after;
  });
  return defined(area);
}
