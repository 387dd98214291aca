import { f1Max, normalQuantile } from '@ad/metrics';
import type { Threshold } from '../artefact/index.js';

/** One scored image as thresholds see it: its image score and the peak of its anomaly map. */
export interface Scored {
  score: number;
  peak: number;
}

/** The two thresholds of a model: what image scores, and what values of the anomaly map, are compared with. */
export interface Thresholds {
  image: Threshold;
  pixel: Threshold;
}
