import type { Interval } from './delong.js';
import { MetricError } from './errors.js';
import { quantileOf } from './quantile.js';
import { seeded } from './random.js';
import { checkOpenShare } from './range.js';
import { defined, type MetricResult } from './result.js';

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
 * Percentile interval of a statistic over resamples (Efron and Tibshirani 1993, chapter 13). Each resample draws from
 * every stratum as many members as it has, with replacement.
 *
 * @param sizes - members of each stratum
 * @param statistic - of the drawn members of each stratum, by number
 * @returns not defined where the statistic of a resample is not
 * @throws MetricError E_RANGE
 */
export function resampleInterval(
  sizes: readonly number[],
  statistic: (drawn: readonly Uint32Array[]) => MetricResult,
  { seed, resamples = 2000, level = 0.95 }: BootstrapOptions,
): MetricResult<Interval> {
  checkOpenShare('confidence level', level);
  checkWhole('seed', seed, 0);
  checkWhole('number of resamples', resamples, 1);
  const random = seeded(seed);
  const drawn = sizes.map((size) => new Uint32Array(size));
  const values = new Float64Array(resamples);
  for (let r = 0; r < resamples; r++) {
    for (const stratum of drawn) {
      for (let i = 0; i < stratum.length; i++) stratum[i] = (random() / 0x100000000) * stratum.length;
    }
    const result = statistic(drawn);
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
