import { f1Max, normalThreshold } from '@ad/metrics';
import type { Threshold } from '../artefact/index.js';

/** One scored image as thresholds see it. */
export interface Scored {
  score: number;
  /** The largest value of its anomaly map; null where the method gives none. */
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

/** Thresholds with the best F1 on labelled images; that of the map by the peaks of the same images. */
export function f1Thresholds(scored: readonly Scored[], labels: readonly boolean[]): Thresholds {
  const defects = labels.filter(Boolean).length;
  const at = (values: number[]): Threshold => {
    const best = f1Max(values, labels);
    if (!best.defined) return { origin: 'none', value: null };
    return { origin: 'f1', value: best.value.threshold, f1: best.value.f1, images: scored.length, defects };
  };
  return { image: at(scored.map((s) => s.score)), pixel: atPeaks(scored, at) };
}

function atPeaks(scored: readonly Scored[], at: (values: number[]) => Threshold): Threshold {
  const peaks = scored.flatMap(({ peak }) => (peak === null ? [] : [peak]));
  return peaks.length > 0 ? at(peaks) : { origin: 'none', value: null };
}

/** The same threshold for both, or none: a person decided. */
export function givenThresholds(value: number | null): Thresholds {
  const threshold: Threshold = value === null ? { origin: 'none', value } : { origin: 'given', value };
  return { image: threshold, pixel: threshold };
}
