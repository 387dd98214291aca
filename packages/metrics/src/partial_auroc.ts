import { checkShare } from './range.js';
import { defined, type MetricResult } from './result.js';
import { byClass, type ClassScores, type Labels, missingClass, type Scores } from './scores.js';
import { sweep } from './sweep.js';

/** The area under the ROC curve up to a false positive rate, in the three scalings that are in use. */
export interface PartialAuroc {
  /** The area itself, 0..limit. */
  area: number;
  /** Area / limit, 0..1: the mean true positive rate, scaled like AUPRO. */
  normalized: number;
  /** McClish's correction, 0.5 for chance and 1 for perfect: what scikit-learn's `max_fpr` gives. */
  standardized: number;
}

/**
 * Area under the ROC curve from false positive rate 0 to `limit`, the curve being interpolated at the limit.
 *
 * @param scores - `[n]`, finite
 * @param labels - `[n]`, 1 = defective
 * @param limit - above 0, up to 1
 * @returns not defined for one class only
 * @throws MetricError E_EMPTY, E_LENGTH, E_NOT_FINITE, E_LABEL, E_RANGE (limit)
 * @see McClish 1989
 * @example
 * partialAuroc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1], 0.5); // value: { area: 0.25, normalized: 0.5, ... }
 */
export function partialAuroc(scores: Scores, labels: Labels, limit: number): MetricResult<PartialAuroc> {
  return partialAurocOf(byClass(scores, labels), limit);
}

/** {@link partialAuroc} of scores that are sorted already. */
export function partialAurocOf(sorted: ClassScores, limit: number): MetricResult<PartialAuroc> {
  checkShare('false-positive-rate limit', limit);
  const missing = missingClass(sorted);
  if (missing) return missing;
  let area = 0;
  let lastFpr = 0;
  let lastTpr = 0;
  sweep(sorted, (_threshold, tp, fp) => {
    const fpr = fp / sorted.negatives.length;
    const tpr = tp / sorted.positives.length;
    const end = Math.min(fpr, limit);
    if (fpr > lastFpr) {
      const atEnd = lastTpr + ((end - lastFpr) / (fpr - lastFpr)) * (tpr - lastTpr);
      area += ((end - lastFpr) * (lastTpr + atEnd)) / 2;
    }
    lastFpr = end;
    lastTpr = tpr;
  });
  const chance = limit ** 2 / 2;
  return defined({
    area,
    normalized: area / limit,
    standardized: (1 + (area - chance) / (limit - chance)) / 2,
  });
}
