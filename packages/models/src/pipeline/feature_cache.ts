import type { FeatureMap } from '@ad/core-native';
import type { Backbone } from '../backbone/index.js';
import type { Geometry, ImageSource, PreprocessSettings } from '../image/index.js';

/** What is kept of one image. */
export interface CachedImage {
  geometry: Geometry;
  /** One per layer, each `[1, c, h, w]`. */
  maps: FeatureMap[];
}

/**
 * Feature maps that are kept, so that fits with other settings (coreset, neighbours, seed) and evaluations of the same
 * images do not extract again: {@link MemoryFeatureCache} within a process, {@link FolderFeatureCache} across
 * processes. They hold fp32 values as the backbone gave them; results are the same with a cache and without.
 */
export interface FeatureCache {
  /** What is kept of one backbone with its layers, and one pre-processing; others never mix with it. */
  shelf(backbone: Backbone, preprocess: PreprocessSettings): FeatureShelf;
}

/** See {@link FeatureCache.shelf}. */
export interface FeatureShelf {
  /** The place of an image. An image that cannot be read has one, which stays empty. */
  find(source: ImageSource): Promise<FeatureSlot>;
}

/** The place of one image. */
export interface FeatureSlot {
  readonly kept?: CachedImage | undefined;
  /** The bytes that the place belongs to, where they had to be read: what is kept must be made from them. */
  readonly bytes?: Uint8Array | undefined;
  /** Never fails: an image that cannot be kept is extracted again. */
  keep(image: CachedImage): Promise<void>;
}

/** What features depend on beside the image: all that must be equal for them to be. */
export function purposeOf(backbone: Backbone, preprocess: PreprocessSettings): string {
  const layers = backbone.layers.map((layer) => layer.name);
  const { resize, imageSize, crop } = preprocess;
  return JSON.stringify([backbone.source.sha256, backbone.convention, layers, [resize, imageSize, crop]]);
}

/** A copy of one image's part of a batch. */
export function imageAt(batch: readonly FeatureMap[], at: number): FeatureMap[] {
  return batch.map((map) => {
    const length = map.channels * map.height * map.width;
    return { ...map, data: map.data.slice(at * length, (at + 1) * length) };
  });
}

/** Maps of several images as one batch. */
export function joinImages(images: readonly CachedImage[]): FeatureMap[] {
  return images[0]!.maps.map((first, level) => {
    const data = new Float32Array(images.length * first.data.length);
    images.forEach(({ maps }, i) => {
      data.set(maps[level]!.data, i * first.data.length);
    });
    return { ...first, data };
  });
}
