import { MetricError } from './errors.js';
import { checkOpenShare } from './range.js';
import { defined, type MetricResult, undefinedBecause } from './result.js';
import { finiteAt, type Scores } from './scores.js';
import { countBelow } from './search.js';
import { sortFloats } from './sort_floats.js';

/**
 * Split-conformal p-values: p = (1 + #{good >= score}) / (n + 1), ties counting against the defect. For a good sample
 * that is exchangeable with the n calibration ones, P(p <= alpha) <= alpha for every alpha, at any n and for any
 * distribution. The smallest value is 1 / (n + 1), so {@link calibrationNeeded} says how many samples an alpha takes.
 *
 * @param good - `[n]`, scores of good samples that the model was not fitted on
 * @param scores - `[m]`, scores to judge
 * @returns `[m]`, above 0, up to 1
 * @throws MetricError E_EMPTY (no calibration scores), E_NOT_FINITE
 * @see Vovk, Gammerman and Shafer 2005; Bates et al. 2023, equation 2
 * @example
 * conformalPValues([1, 2, 3], [2.5, 9]); // [0.5, 0.25]
 */
export function conformalPValues(good: Scores, scores: Scores): Float64Array {
  const sorted = sortedCalibration(good);
  return Float64Array.from({ length: scores.length }, (_, i) => {
    const atLeast = sorted.length - countBelow(sorted, finiteAt(scores, i));
    return (1 + atLeast) / (sorted.length + 1);
  });
}

/**
 * Which scores are alarms at a false-alarm rate of at most `alpha`: those with a conformal p-value <= alpha.
 *
 * @param good - `[n]`, scores of good samples that the model was not fitted on
 * @param scores - `[m]`, scores to judge
 * @param alpha - false-alarm rate, between 0 and 1
 * @returns `[m]`, 1 = alarm; not defined with too few calibration samples for any alarm, and the reason says how many
 *   are needed
 * @throws MetricError E_EMPTY (no calibration scores), E_NOT_FINITE, E_RANGE (alpha)
 * @see Vovk, Gammerman and Shafer 2005
 * @example
 * conformalAlarms([1, 2, 3], [2.5, 9], 0.25); // { defined: true, value: Uint8Array [0, 1] }
 */
export function conformalAlarms(good: Scores, scores: Scores, alpha: number): MetricResult<Uint8Array> {
  const needed = calibrationNeeded(alpha);
  const pValues = conformalPValues(good, scores);
  if (good.length < needed) {
    return undefinedBecause(
      `a false-alarm rate of ${alpha} takes ${needed} good calibration samples, and there are ${good.length}`,
    );
  }
  return defined(Uint8Array.from(pValues, (p) => Number(p <= alpha)));
}

/**
 * How many good samples a guarantee at `alpha` takes: the smallest n with 1 / (n + 1) <= alpha.
 *
 * @param alpha - false-alarm rate, between 0 and 1
 * @throws MetricError E_RANGE
 * @see Vovk, Gammerman and Shafer 2005
 * @example
 * calibrationNeeded(0.01); // 99
 */
export function calibrationNeeded(alpha: number): number {
  checkOpenShare('false-alarm rate', alpha);
  // One division away from the answer at most: 1 / alpha is rounded.
  const guess = Math.ceil(1 / alpha) - 1;
  if (1 / guess <= alpha) return guess - 1;
  return 1 / (guess + 1) <= alpha ? guess : guess + 1;
}

/** Calibration scores, checked, copied and ascending. */
export function sortedCalibration(good: Scores): Float64Array {
  if (good.length === 0) throw new MetricError('E_EMPTY', 'There are no scores of good samples.');
  return sortFloats(Float64Array.from({ length: good.length }, (_, i) => finiteAt(good, i)));
}
