import { defined, type MetricResult, undefinedBecause } from './result.js';
import { byClass, type ClassScores, type Labels, type Scores } from './scores.js';
import { sweep } from './sweep.js';

/** The best F1 and where it is reached. */
export interface F1Max {
  f1: number;
  /** Predict defective at `score >= threshold`. */
  threshold: number;
}

/**
 * The largest F1 = 2 TP / (2 TP + FP + FN) over every distinct threshold, predicting defective at score >= threshold;
 * among equal ones the highest threshold, which has the fewest false alarms.
 *
 * @param scores - `[n]`, finite
 * @param labels - `[n]`, 1 = defective
 * @returns not defined without defective samples
 * @throws MetricError E_EMPTY, E_LENGTH, E_NOT_FINITE, E_LABEL
 * @example
 * f1Max([1, 2, 3], [0, 1, 1]); // { defined: true, value: { f1: 1, threshold: 2 } }
 */
export function f1Max(scores: Scores, labels: Labels): MetricResult<F1Max> {
  return f1MaxOf(byClass(scores, labels));
}

/** {@link f1Max} of scores that are sorted already. */
export function f1MaxOf(sorted: ClassScores): MetricResult<F1Max> {
  const total = sorted.positives.length;
  if (total === 0) return undefinedBecause('there are no defective samples');
  let best: F1Max = { f1: -1, threshold: Number.NaN };
  sweep(sorted, (threshold, tp, fp) => {
    const f1 = (2 * tp) / (tp + fp + total);
    if (f1 > best.f1) best = { f1, threshold };
  });
  return defined(best);
}
