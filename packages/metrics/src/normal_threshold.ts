import { calibrationNeeded, sortedCalibration } from './conformal.js';
import type { Scores } from './scores.js';

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
  const needed = calibrationNeeded(alpha);
  const sorted = sortedCalibration(good);
  const samples = sorted.length;
  // Of n + 1 exchangeable samples, this many may lie above the threshold; compared as rates, so that 99 do for 0.01.
  let above = Math.floor(alpha * (samples + 1));
  if ((above + 1) / (samples + 1) <= alpha) above++;
  if (above / (samples + 1) > alpha) above--;
  above = Math.min(samples, Math.max(1, above));
  return {
    threshold: nextUp(sorted[samples - above]!),
    falseAlarmBound: above / (samples + 1),
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
