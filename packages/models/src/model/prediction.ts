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
  /** Null where the method judges whole images only. */
  map: AnomalyMap | null;
  /** The part of the original image that the model saw. */
  inspected: Rect;
  /** Largest area first; empty when the model has no threshold, or no map. */
  regions: Region[];
  /** An ensemble's members with their raw scores; absent elsewhere. */
  members?: readonly MemberScore[];
}

/** What a member of an ensemble says of an image: its raw score, on its own scale. */
export interface MemberScore {
  backbone: string;
  score: number;
}

/** A scored image before it is brought back to where it came from. */
export interface ScoredInput {
  score: number;
  /** Anomaly map at the model's input size; null where the method gives none. */
  inputMap: Float32Array | null;
  geometry: Geometry;
  /** See {@link Prediction.members}. */
  members?: readonly MemberScore[];
}

/** Places the map into the original image and finds its regions. */
export async function predictionOf(
  { score, inputMap, geometry, members }: ScoredInput,
  thresholds: { image: number | null; pixel: number | null },
  options: CallOptions,
): Promise<Prediction> {
  const { width, height } = geometry.original;
  const map = inputMap === null ? null : { data: placeMap(inputMap, geometry), width, height };
  return {
    score,
    anomalous: thresholds.image === null ? null : score >= thresholds.image,
    map,
    inspected: geometry.inspected,
    regions: map && thresholds.pixel !== null ? await regionsOf(map, thresholds.pixel, options) : [],
    ...(members && { members }),
  };
}

async function regionsOf(
  { data, width, height }: AnomalyMap,
  threshold: number,
  options: CallOptions,
): Promise<Region[]> {
  const regions = await findComponents({ data, rows: height, cols: width }, threshold, options);
  return regions.sort((a, b) => b.area - a.area);
}

/** The peak of a map at the input size. A NaN in it is no score, and must not pass for a low one. */
export function largest(map: Float32Array): number {
  return map.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
}

/** The peak of an {@link AnomalyMap}, whose NaN say that nothing was inspected there. */
export function largestInspected(map: Float32Array): number {
  let peak = Number.NEGATIVE_INFINITY;
  for (const value of map) if (value > peak) peak = value;
  return peak;
}
