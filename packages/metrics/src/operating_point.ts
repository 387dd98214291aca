import type { Confusion } from './confusion.js';
import { f1MaxOf } from './f1_max.js';
import { checkShare } from './range.js';
import { defined, type MetricResult, undefinedBecause } from './result.js';
import { byClass, type ClassScores, type Labels, missingClass, type Scores } from './scores.js';
import { countBelow } from './search.js';

/** A threshold, and what it decides on the samples that it was chosen on. */
export interface OperatingPoint extends Confusion {
  /** Predict defective at `score >= threshold`. */
  threshold: number;
}

/**
 * The point of the best F1 with its false positives and false negatives, the numbers of PatchCore's supplement B.
 *
 * @param scores - `[n]`, finite
 * @param labels - `[n]`, 1 = defective
 * @returns not defined without defective samples
 * @throws MetricError E_EMPTY, E_LENGTH, E_NOT_FINITE, E_LABEL
 * @see Roth et al. 2022 (PatchCore), supplement B
 * @example
 * operatingPointAtF1Max([1, 2, 3], [0, 1, 1]); // value: { threshold: 2, falsePositives: 0, falseNegatives: 0, ... }
 */
export function operatingPointAtF1Max(scores: Scores, labels: Labels): MetricResult<OperatingPoint> {
  return operatingPointAtF1MaxOf(byClass(scores, labels));
}

/**
 * The highest threshold whose recall reaches a wanted one, the fewest false alarms for it. With recall 1, the default,
 * no defect is missed: PatchCore's "full recall".
 *
 * @param scores - `[n]`, finite
 * @param labels - `[n]`, 1 = defective
 * @param recall - above 0, up to 1
 * @returns not defined without defective samples
 * @throws MetricError E_EMPTY, E_LENGTH, E_NOT_FINITE, E_LABEL, E_RANGE (recall)
 * @see Roth et al. 2022 (PatchCore), supplement B
 * @example
 * operatingPointAtRecall([1, 2, 3, 4], [0, 1, 0, 1]); // value: { threshold: 2, falsePositives: 1, ... }
 */
export function operatingPointAtRecall(
  scores: Scores,
  labels: Labels,
  recall = 1,
): MetricResult<OperatingPoint> {
  return operatingPointAtRecallOf(byClass(scores, labels), recall);
}

/**
 * The lowest false positive rate at which the true positive rate reaches a wanted one, by default 95 %. An attained
 * point of the curve: nothing is interpolated.
 *
 * @param scores - `[n]`, finite
 * @param labels - `[n]`, 1 = defective
 * @param tpr - above 0, up to 1
 * @returns 0..1; not defined for one class only
 * @throws MetricError E_EMPTY, E_LENGTH, E_NOT_FINITE, E_LABEL, E_RANGE (tpr)
 * @see Hendrycks and Gimpel 2017; Liang et al. 2018 (FPR at 95 % TPR)
 * @example
 * fprAtTpr([1, 2, 3, 4], [0, 1, 0, 1]); // { defined: true, value: 0.5 }
 */
export function fprAtTpr(scores: Scores, labels: Labels, tpr = 0.95): MetricResult {
  return fprAtTprOf(byClass(scores, labels), tpr);
}

/** {@link operatingPointAtF1Max} of scores that are sorted already. */
export function operatingPointAtF1MaxOf(sorted: ClassScores): MetricResult<OperatingPoint> {
  const best = f1MaxOf(sorted);
  return best.defined ? defined(pointAt(sorted, best.value.threshold)) : best;
}

/** {@link operatingPointAtRecall} of scores that are sorted already. */
export function operatingPointAtRecallOf(sorted: ClassScores, recall: number): MetricResult<OperatingPoint> {
  checkShare('recall', recall);
  const { positives } = sorted;
  if (positives.length === 0) return undefinedBecause('there are no defective samples');
  // The smallest count whose rate is at least the wanted one, compared as rates are reported.
  let needed = Math.max(1, Math.floor(recall * positives.length));
  if (needed / positives.length < recall) needed++;
  return defined(pointAt(sorted, positives[positives.length - needed]!));
}

/** {@link fprAtTpr} of scores that are sorted already. */
export function fprAtTprOf(sorted: ClassScores, tpr: number): MetricResult {
  const point = operatingPointAtRecallOf(sorted, tpr);
  if (!point.defined) return point;
  return missingClass(sorted) ?? defined(point.value.falsePositives / sorted.negatives.length);
}

/** The decisions that a threshold makes on sorted scores. */
export function pointAt({ positives, negatives }: ClassScores, threshold: number): OperatingPoint {
  const falseNegatives = countBelow(positives, threshold);
  const trueNegatives = countBelow(negatives, threshold);
  return {
    threshold,
    truePositives: positives.length - falseNegatives,
    falsePositives: negatives.length - trueNegatives,
    trueNegatives,
    falseNegatives,
  };
}
