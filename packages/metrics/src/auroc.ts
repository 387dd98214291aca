import { defined, type MetricResult } from './result.js';
import { byClass, type ClassScores, type Labels, missingClass, type Scores } from './scores.js';

/**
 * Area under the ROC curve: the probability that a defective sample scores above a good one, ties counting half
 * (Mann-Whitney U / (n1 n0), ties by average rank). Exact: computed from counts, on raw scores of any size.
 *
 * @param scores - `[n]`, finite, any unit, higher is more anomalous
 * @param labels - `[n]`, 1 = defective
 * @returns 0..1; not defined for one class only
 * @throws MetricError E_EMPTY, E_LENGTH, E_NOT_FINITE, E_LABEL
 * @see Hanley and McNeil 1982
 * @example
 * auroc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]); // { defined: true, value: 0.75 }
 */
export function auroc(scores: Scores, labels: Labels): MetricResult {
  return aurocOf(byClass(scores, labels));
}

/** {@link auroc} of scores that are sorted already. */
export function aurocOf(sorted: ClassScores): MetricResult {
  const missing = missingClass(sorted);
  if (missing) return missing;
  const { positives, negatives } = sorted;
  let below = 0;
  let tied = 0;
  let twiceU = 0;
  for (let p = 0; p < positives.length; p++) {
    const score = positives[p]!;
    while (below < negatives.length && negatives[below]! < score) below++;
    if (tied < below) tied = below;
    while (tied < negatives.length && negatives[tied] === score) tied++;
    twiceU += below + tied;
  }
  return defined(twiceU / (2 * positives.length * negatives.length));
}
