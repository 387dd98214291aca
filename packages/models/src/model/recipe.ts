import type { PreprocessSettings } from '../image/index.js';

/** How patch scores become an anomaly map. */
export interface MapSettings {
  /** Standard deviation of the Gaussian blur, in input pixels; 0: none. */
  sigma: number;
  /** What lies beyond the border: `mirror` without, `reflect` with the edge repeated. */
  border: 'mirror' | 'reflect';
}

/** Everything a prediction depends on beside the backbone and what the method learned. */
export interface Recipe {
  preprocess: PreprocessSettings;
  map: MapSettings;
}

/** The paper's pre-processing: shorter side to 256, centre 224. */
export const DEFAULT_PREPROCESS: PreprocessSettings = { resize: 'shorter', imageSize: 256, crop: 224 };

/** The paper's map: Gaussian blur with sigma 4. */
export const DEFAULT_MAP: MapSettings = { sigma: 4, border: 'mirror' };
