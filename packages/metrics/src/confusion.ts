import { checkThreshold } from './range.js';
import { defined, type MetricResult, undefinedBecause } from './result.js';
import { checkLengths, finiteAt, type Labels, labelAt, type Scores } from './scores.js';

/** Counts of decisions at a threshold. */
export interface Confusion {
  truePositives: number;
  falsePositives: number;
  trueNegatives: number;
  falseNegatives: number;
}

/**
 * Counts at a threshold, predicting defective at score >= threshold.
 *
 * @param scores - `[n]` image scores, or the pixels of a map
 * @param labels - `[n]`, 1 = defective: image labels, or the pixels of a mask
 * @param threshold - in the unit of the scores
 * @throws MetricError E_EMPTY, E_LENGTH, E_NOT_FINITE, E_LABEL, E_RANGE (a threshold that is NaN)
 * @example
 * confusionAt([1, 2, 3], [0, 0, 1], 2); // { truePositives: 1, falsePositives: 1, trueNegatives: 1, falseNegatives: 0 }
 */
export function confusionAt(scores: Scores, labels: Labels, threshold: number): Confusion {
  checkThreshold(threshold);
  checkLengths(scores, labels);
  const counts = [0, 0, 0, 0];
  for (let i = 0; i < scores.length; i++)
    counts[2 * labelAt(labels, i) + Number(finiteAt(scores, i) >= threshold)]!++;
  const [trueNegatives, falsePositives, falseNegatives, truePositives] = counts as [
    number,
    number,
    number,
    number,
  ];
  return { truePositives, falsePositives, trueNegatives, falseNegatives };
}

/**
 * Share of right decisions: (TP + TN) / n.
 *
 * @example
 * accuracy(confusionAt([1, 2, 3], [0, 0, 1], 2)); // 0.666...
 */
export function accuracy({
  truePositives,
  falsePositives,
  trueNegatives,
  falseNegatives,
}: Confusion): number {
  return (truePositives + trueNegatives) / (truePositives + falsePositives + trueNegatives + falseNegatives);
}

/**
 * Share of defects that are found: TP / (TP + FN), also called recall or sensitivity; not defined without defects.
 *
 * @example
 * truePositiveRate(confusionAt([1, 2, 3], [0, 0, 1], 2)); // { defined: true, value: 1 }
 */
export function truePositiveRate({ truePositives, falseNegatives }: Confusion): MetricResult {
  const defects = truePositives + falseNegatives;
  return defects > 0 ? defined(truePositives / defects) : undefinedBecause('there are no defective samples');
}

/**
 * Share of good samples that are stopped: FP / (FP + TN), also called false-alarm rate; not defined without good ones.
 *
 * @example
 * falsePositiveRate(confusionAt([1, 2, 3], [0, 0, 1], 2)); // { defined: true, value: 0.5 }
 */
export function falsePositiveRate({ falsePositives, trueNegatives }: Confusion): MetricResult {
  const good = falsePositives + trueNegatives;
  return good > 0 ? defined(falsePositives / good) : undefinedBecause('there are no good samples');
}

/**
 * Mean of the true positive rate and the true negative rate; not defined for one class only.
 *
 * @example
 * balancedAccuracy(confusionAt([1, 2, 3], [0, 0, 1], 2)); // { defined: true, value: 0.75 }
 */
export function balancedAccuracy(counts: Confusion): MetricResult {
  const tpr = truePositiveRate(counts);
  if (!tpr.defined) return tpr;
  const good = counts.trueNegatives + counts.falsePositives;
  if (good === 0) return undefinedBecause('there are no good samples');
  return defined((tpr.value + counts.trueNegatives / good) / 2);
}

/**
 * Intersection over union of prediction and truth: TP / (TP + FP + FN), the Jaccard index; not defined where neither
 * has a pixel. For one image pass its map and mask, for a set pool the counts ({@link PixelMetrics.confusionAt}).
 *
 * @example
 * iou(confusionAt(map, mask, 0.5));
 */
export function iou({ truePositives, falsePositives, falseNegatives }: Confusion): MetricResult {
  const union = truePositives + falsePositives + falseNegatives;
  return union > 0
    ? defined(truePositives / union)
    : undefinedBecause('neither prediction nor mask has a pixel');
}

/**
 * Dice coefficient of prediction and truth: 2 TP / (2 TP + FP + FN), which is F1; not defined where neither has a pixel.
 *
 * @example
 * dice(confusionAt(map, mask, 0.5));
 */
export function dice({ truePositives, falsePositives, falseNegatives }: Confusion): MetricResult {
  const sizes = 2 * truePositives + falsePositives + falseNegatives;
  return sizes > 0
    ? defined((2 * truePositives) / sizes)
    : undefinedBecause('neither prediction nor mask has a pixel');
}
