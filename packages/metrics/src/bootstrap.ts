import type { Interval } from './delong.js';
import { type BootstrapOptions, resampleInterval } from './resample.js';
import type { MetricResult } from './result.js';
import { checkLengths, finiteAt, type Labels, labelAt, type Scores } from './scores.js';

/**
 * Percentile bootstrap interval of any metric of scores and labels, stratified: each resample draws as many good and as
 * many defective samples, with replacement, as there are. For AUROC prefer {@link aurocInterval}, which also holds
 * where the classes are separated perfectly; a bootstrap then says [1, 1].
 *
 * @param scores - `[n]`, finite
 * @param labels - `[n]`, 1 = defective
 * @param metric - called with Float64Array scores and Uint8Array labels, good samples first
 * @returns not defined where the metric is not, for the samples or for a resample
 * @throws MetricError E_EMPTY, E_LENGTH, E_NOT_FINITE, E_LABEL, E_RANGE (seed, resamples, level)
 * @see Efron and Tibshirani 1993, chapter 13
 * @example
 * bootstrapInterval(scores, labels, averagePrecision, { seed: 0 });
 */
export function bootstrapInterval(
  scores: Scores,
  labels: Labels,
  metric: (scores: Float64Array, labels: Uint8Array) => MetricResult,
  options: BootstrapOptions,
): MetricResult<Interval> {
  checkLengths(scores, labels);
  const good: number[] = [];
  const defective: number[] = [];
  for (let i = 0; i < scores.length; i++) (labelAt(labels, i) ? defective : good).push(finiteAt(scores, i));
  const drawnLabels = new Uint8Array(scores.length).fill(1, good.length);
  const whole = metric(Float64Array.from([...good, ...defective]), drawnLabels.slice());
  if (!whole.defined) return whole;
  const strata = [good, defective];
  return resampleInterval(
    strata.map((stratum) => stratum.length),
    (drawn) => {
      const sample = Float64Array.from(
        strata.flatMap((stratum, s) => Array.from(drawn[s]!, (i) => stratum[i]!)),
      );
      return metric(sample, drawnLabels.slice());
    },
    options,
  );
}
