import { f1Max, normalThreshold } from '@ad/metrics';
import type { Threshold } from '../artefact/index.js';

/** One scored image as thresholds see it. */
export interface Scored {
  score: number;
  /** The largest value of its anomaly map in the original's pixels, where regions are found; null where the method gives none. */
  peak: number | null;
}

/** The two thresholds of a model: what image scores, and what values of the anomaly map, are compared with. */
export interface Thresholds {
  image: Threshold;
  pixel: Threshold;
}

/** Thresholds that stop at most a share of 1 - quantile of good images, as far as so many images can promise it. */
export function quantileThresholds(good: readonly Scored[], quantile: number): Thresholds {
  const at = (values: number[]): Threshold => {
    const { threshold, falseAlarmBound, samples } = normalThreshold(values, 1 - quantile);
    return { origin: 'quantile', value: threshold, quantile, images: samples, falseAlarmBound };
  };
  return { image: at(good.map((g) => g.score)), pixel: atPeaks(good, at) };
}

/**
 * Thresholds with the best F1 on labelled images; that of the map by the peaks of the same images. Each lies half-way from
 * the lowest score that counts as defective to the next one below: every limit between the two has the same F1, and at the
 * score itself an image that scores a hair less, saved anew as a JPEG, would pass.
 */
export function f1Thresholds(scored: readonly Scored[], labels: readonly boolean[]): Thresholds {
  const defects = labels.filter(Boolean).length;
  const at = (values: number[]): Threshold => {
    const best = f1Max(values, labels);
    if (!best.defined) return { origin: 'none', value: null };
    const { f1, threshold } = best.value;
    return { origin: 'f1', value: betweenScores(values, threshold), f1, images: scored.length, defects };
  };
  return { image: at(scored.map((s) => s.score)), pixel: atPeaks(scored, at) };
}

/** Half-way between a score and the next lower one. */
function betweenScores(values: readonly number[], score: number): number {
  const below = values.reduce((best, value) => (value < score && value > best ? value : best), -Infinity);
  return below === -Infinity ? score : (score + below) / 2;
}

function atPeaks(scored: readonly Scored[], at: (values: number[]) => Threshold): Threshold {
  const peaks = scored.flatMap(({ peak }) => (peak === null ? [] : [peak]));
  return peaks.length > 0 ? at(peaks) : { origin: 'none', value: null };
}

/**
 * A threshold that a person decided on, or none. It serves anomaly maps too where they are measured as image scores
 * are; elsewhere it says nothing of them.
 */
export function givenThresholds(value: number | null, oneScale: boolean): Thresholds {
  const none: Threshold = { origin: 'none', value: null };
  const image: Threshold = value === null ? none : { origin: 'given', value };
  return { image, pixel: oneScale ? image : none };
}
