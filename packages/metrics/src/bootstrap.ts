import type { Interval } from './delong.js';
import { MetricError } from './errors.js';
import { quantileOf } from './quantile.js';
import { seeded } from './random.js';
import { checkOpenShare } from './range.js';
import { defined, type MetricResult } from './result.js';
import { checkLengths, finiteAt, type Labels, labelAt, type Scores } from './scores.js';

/** How a bootstrap is done. */
export interface BootstrapOptions {
  /** A whole number; the same seed gives the same interval. */
  seed: number;
  /** How many times the samples are drawn anew; 2,000 unless told. */
  resamples?: number;
  /** Confidence, between 0 and 1; 0.95 unless told. */
  level?: number;
}

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
  { seed, resamples = 2000, level = 0.95 }: BootstrapOptions,
): MetricResult<Interval> {
  checkOpenShare('confidence level', level);
  checkWhole('seed', seed, 0);
  checkWhole('number of resamples', resamples, 1);
  checkLengths(scores, labels);
  const good: number[] = [];
  const defective: number[] = [];
  for (let i = 0; i < scores.length; i++) (labelAt(labels, i) ? defective : good).push(finiteAt(scores, i));
  const drawnLabels = new Uint8Array(scores.length).fill(1, good.length);
  const whole = metric(Float64Array.from([...good, ...defective]), drawnLabels.slice());
  if (!whole.defined) return whole;
  const random = seeded(seed);
  const values = new Float64Array(resamples);
  for (let r = 0; r < resamples; r++) {
    const drawn = new Float64Array(scores.length);
    let at = 0;
    for (const stratum of [good, defective]) {
      for (let i = 0; i < stratum.length; i++) {
        drawn[at++] = stratum[Math.floor((random() / 0x100000000) * stratum.length)]!;
      }
    }
    const result = metric(drawn, drawnLabels.slice());
    if (!result.defined) return result;
    values[r] = result.value;
  }
  values.sort();
  const tail = (1 - level) / 2;
  return defined({
    low: quantileOf(values, tail),
    high: quantileOf(values, 1 - tail),
    level,
    method: 'bootstrap',
  });
}

function checkWhole(what: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new MetricError('E_RANGE', `The ${what} is ${value}; expected a whole number from ${least}.`);
}
