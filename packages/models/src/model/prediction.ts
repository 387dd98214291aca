import { type CallOptions, type Component, findComponents } from '@ad/core-native';
import { type Geometry, placeMap, type Rect } from '../image/index.js';

/** An anomaly map in the pixels of the original image; NaN where nothing was inspected. */
export interface AnomalyMap {
  /** `[height, width]`, raw scores. */
  data: Float32Array;
  width: number;
  height: number;
}

/** A connected region of the map at or above the pixel threshold, in pixels of the original image. */
export type Region = Component;

/** What is said of one image. */
export interface Prediction {
  /** Raw image score: higher is more anomalous, never clamped. */
  score: number;
  /** `score >= threshold`; null when the model has no threshold. */
  anomalous: boolean | null;
  map: AnomalyMap;
  /** The part of the original image that the model saw. */
  inspected: Rect;
  /** Largest area first; empty when the model has no threshold. */
  regions: Region[];
}

/** A scored image before it is brought back to where it came from. */
export interface ScoredInput {
  score: number;
  /** Anomaly map at the model's input size. */
  inputMap: Float32Array;
  geometry: Geometry;
}

/** Places the map into the original image and finds its regions. */
export async function predictionOf(
  { score, inputMap, geometry }: ScoredInput,
  thresholds: { image: number | null; pixel: number | null },
  options: CallOptions,
): Promise<Prediction> {
  const { width, height } = geometry.original;
  const data = placeMap(inputMap, geometry);
  const regions =
    thresholds.pixel === null
      ? []
      : await findComponents({ data, rows: height, cols: width }, thresholds.pixel, options);
  regions.sort((a, b) => b.area - a.area);
  return {
    score,
    anomalous: thresholds.image === null ? null : score >= thresholds.image,
    map: { data, width, height },
    inspected: geometry.inspected,
    regions,
  };
}
