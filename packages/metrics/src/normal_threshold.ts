import { MetricError } from './errors.js';
import { type Scores, finiteAt } from './scores.js';
import { sortFloats } from './sort_floats.js';

/** A threshold that rests on good samples alone. */
export interface NormalThreshold {
  /** Predict defective at `score >= threshold`. */
  threshold: number;
  /** Share of new good samples that it stops at most, on average over exchangeable samples. */
  falseAlarmBound: number;
  /** Good samples it rests on. */
  samples: number;
  /** Good samples that the asked rate would need; more than `samples` when there are too few. */
  needed: number;
}

/**
 * The split-conformal threshold for a false-alarm rate of at most `alpha` (Vovk et al. 2005): with n good calibration
 * scores and k = ceil((1 - alpha)(n + 1)), everything above the k-th smallest is stopped, and a new exchangeable good
 * sample is stopped with probability at most alpha. With fewer than 1 / alpha - 1 samples no threshold can promise
 * that; then the one just above all of them is given, with the bound it does promise, 1 / (n + 1).
 *
 * @param good - scores of good samples that the model was not fitted on
 * @param alpha - wanted false-alarm rate, between 0 and 1
 * @throws MetricError E_EMPTY, E_NOT_FINITE, E_RANGE
 * @example
 * normalThreshold([0.8, 1.1, 0.9], 0.01); // too few: { falseAlarmBound: 0.25, samples: 3, needed: 99, ... }
 */
export function normalThreshold(good: Scores, alpha: number): NormalThreshold {
  if (!(alpha > 0 && alpha < 1)) {
    throw new MetricError('E_RANGE', `The false-alarm rate is ${alpha}; expected a number between 0 and 1.`);
  }
  if (good.length === 0) throw new MetricError('E_EMPTY', 'There are no scores of good samples.');
  const sorted = sortFloats(Float64Array.from({ length: good.length }, (_, i) => finiteAt(good, i)));
  const samples = sorted.length;
  // Guards against 1 - alpha not being exact: 99 samples suffice for alpha = 0.01.
  const needed = Math.ceil(1 / alpha - 1 - 1e-9);
  const rank = Math.min(samples, Math.ceil((1 - alpha) * (samples + 1) - 1e-9));
  return {
    threshold: nextUp(sorted[rank - 1]!),
    falseAlarmBound: 1 - rank / (samples + 1),
    samples,
    needed,
  };
}

/** The smallest double above x: what makes `>= threshold` mean `> x`. */
function nextUp(x: number): number {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, x + 0);
  const whole = bits.getBigInt64(0);
  bits.setBigInt64(0, x >= 0 ? whole + 1n : whole - 1n);
  return bits.getFloat64(0);
}
