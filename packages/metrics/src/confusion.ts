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
 * @throws MetricError E_EMPTY, E_LENGTH, E_NOT_FINITE, E_LABEL
 * @example
 * confusionAt([1, 2, 3], [0, 0, 1], 2); // { truePositives: 1, falsePositives: 1, trueNegatives: 1, falseNegatives: 0 }
 */
export function confusionAt(scores: Scores, labels: Labels, threshold: number): Confusion {
  checkLengths(scores, labels);
  const counts = [0, 0, 0, 0];
  for (let i = 0; i < scores.length; i++) counts[2 * labelAt(labels, i) + Number(finiteAt(scores, i) >= threshold)]!++;
  const [trueNegatives, falsePositives, falseNegatives, truePositives] = counts as [number, number, number, number];
  return { truePositives, falsePositives, trueNegatives, falseNegatives };
}

/**
 * Share of right decisions: (TP + TN) / n.
 *
 * @example
 * accuracy(confusionAt([1, 2, 3], [0, 0, 1], 2)); // 0.666...
 */
export function accuracy({ truePositives, falsePositives, trueNegatives, falseNegatives }: Confusion): number {
  return (truePositives + trueNegatives) / (truePositives + falsePositives + trueNegatives + falseNegatives);
}

/**
 * Mean of the true positive rate and the true negative rate; not defined for one class only.
 *
 * @example
 * balancedAccuracy(confusionAt([1, 2, 3], [0, 0, 1], 2)); // { defined: true, value: 0.75 }
 */
export function balancedAccuracy(counts: Confusion): MetricResult {
  const { truePositives, falsePositives, trueNegatives, falseNegatives } = counts;
  if (truePositives + falseNegatives === 0) return undefinedBecause('there are no defective samples');
  if (trueNegatives + falsePositives === 0) return undefinedBecause('there are no good samples');
  const tpr = truePositives / (truePositives + falseNegatives);
  const tnr = trueNegatives / (trueNegatives + falsePositives);
  return defined((tpr + tnr) / 2);
}
