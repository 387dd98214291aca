import { defined, type MetricResult, undefinedBecause } from './result.js';
import { byClass, type ClassScores, type Labels, missingClass, type Scores } from './scores.js';
import { sweep } from './sweep.js';

/** The ROC curve: one point per distinct score, from the strictest threshold to the loosest. */
export interface RocCurve {
  /** Predict defective at `score >= thresholds[i]`; the first is Infinity, where nothing is. */
  thresholds: Float64Array;
  /** False positive rate at each threshold, 0 to 1. */
  fpr: Float64Array;
  /** True positive rate at each threshold, 0 to 1. */
  tpr: Float64Array;
}

/** The precision-recall curve: one point per distinct score, from the strictest threshold to the loosest. */
export interface PrCurve {
  /** Predict defective at `score >= thresholds[i]`; the first is Infinity, where precision is 1 by convention. */
  thresholds: Float64Array;
  /** TP / (TP + FP) at each threshold. */
  precision: Float64Array;
  /** TP / (TP + FN) at each threshold, 0 to 1. */
  recall: Float64Array;
}

/**
 * The ROC curve, with every distinct score as a threshold and no point dropped.
 *
 * @param scores - `[n]`, finite
 * @param labels - `[n]`, 1 = defective
 * @returns not defined for one class only
 * @throws MetricError E_EMPTY, E_LENGTH, E_NOT_FINITE, E_LABEL
 * @see Fawcett 2006, algorithm 1
 * @example
 * const curve = rocCurve([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]);
 * if (curve.defined) console.log(curve.value.fpr); // [0, 0, 0.5, 0.5, 1]
 */
export function rocCurve(scores: Scores, labels: Labels): MetricResult<RocCurve> {
  return rocCurveOf(byClass(scores, labels));
}

/** {@link rocCurve} of scores that are sorted already. */
export function rocCurveOf(sorted: ClassScores): MetricResult<RocCurve> {
  const missing = missingClass(sorted);
  if (missing) return missing;
  const points = distinctScores(sorted) + 1;
  const thresholds = new Float64Array(points);
  const fpr = new Float64Array(points);
  const tpr = new Float64Array(points);
  thresholds[0] = Number.POSITIVE_INFINITY;
  let at = 0;
  sweep(sorted, (threshold, tp, fp) => {
    thresholds[++at] = threshold;
    fpr[at] = fp / sorted.negatives.length;
    tpr[at] = tp / sorted.positives.length;
  });
  return defined({ thresholds, fpr, tpr });
}

/**
 * The precision-recall curve, with every distinct score as a threshold.
 *
 * @param scores - `[n]`, finite
 * @param labels - `[n]`, 1 = defective
 * @returns not defined without defective samples
 * @throws MetricError E_EMPTY, E_LENGTH, E_NOT_FINITE, E_LABEL
 * @see Davis and Goadrich 2006
 * @example
 * const curve = prCurve([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]);
 * if (curve.defined) console.log(curve.value.recall); // [0, 0.5, 0.5, 1, 1]
 */
export function prCurve(scores: Scores, labels: Labels): MetricResult<PrCurve> {
  return prCurveOf(byClass(scores, labels));
}

/** {@link prCurve} of scores that are sorted already. */
export function prCurveOf(sorted: ClassScores): MetricResult<PrCurve> {
  const total = sorted.positives.length;
  if (total === 0) return undefinedBecause('there are no defective samples');
  const points = distinctScores(sorted) + 1;
  const thresholds = new Float64Array(points);
  const precision = new Float64Array(points);
  const recall = new Float64Array(points);
  thresholds[0] = Number.POSITIVE_INFINITY;
  precision[0] = 1;
  let at = 0;
  sweep(sorted, (threshold, tp, fp) => {
    thresholds[++at] = threshold;
    precision[at] = tp / (tp + fp);
    recall[at] = tp / total;
  });
  return defined({ thresholds, precision, recall });
}

function distinctScores(sorted: ClassScores): number {
  let count = 0;
  sweep(sorted, () => count++);
  return count;
}
