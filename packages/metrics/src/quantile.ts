import { sortedCalibration } from './conformal.js';
import { MetricError } from './errors.js';
import type { Scores } from './scores.js';

/**
 * A quantile of normal scores as a threshold, interpolated linearly between the two nearest (type 7 of Hyndman and Fan
 * 1996, numpy's default). It promises nothing for new samples; {@link normalThreshold} does.
 *
 * @param good - `[n]`, scores of good samples, finite
 * @param quantile - 0 to 1
 * @returns predict defective at `score >= threshold`
 * @throws MetricError E_EMPTY, E_NOT_FINITE, E_RANGE
 * @example
 * quantileThreshold([1, 2, 3, 4], 0.5); // 2.5
 */
export function quantileThreshold(good: Scores, quantile: number): number {
  if (!(quantile >= 0 && quantile <= 1)) {
    throw new MetricError('E_RANGE', `The quantile is ${quantile}; expected a number from 0 to 1.`);
  }
  return quantileOf(sortedCalibration(good), quantile);
}

/** Type-7 quantile of ascending values. */
export function quantileOf(sorted: Float64Array, quantile: number): number {
  const place = quantile * (sorted.length - 1);
  const below = sorted[Math.floor(place)]!;
  const above = sorted[Math.ceil(place)]!;
  const share = place - Math.floor(place);
  // Two products, because the difference of huge values of both signs would overflow.
  return below === above ? below : below * (1 - share) + above * share;
}
