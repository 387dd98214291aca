import { AdError, type FeatureMap } from '@ad/core-native';
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
 * images do not decode and extract again. One cache serves one backbone and one pre-processing. It holds 4 bytes per
 * feature, 0.6 MB per image for ResNet-18's layers 2 and 3, until it is dropped.
 *
 * @example
 * const cache = new FeatureCache();
 * for (const coreset of [0.01, 0.1]) {
 *   const model = await PatchCore.fit(backbone, data.train, { coreset, cache });
 *   console.log(coreset, (await evaluate(model, data.test, { cache })).metrics);
 * }
 */
export class FeatureCache {
  #purpose: string | undefined;
  readonly #images = new Map<ImageSource, CachedImage>();

  /** How many images are kept. */
  get size(): number {
    return this.#images.size;
  }

  /** @internal Refuses another backbone or pre-processing than the first. */
  bind(backbone: Backbone, preprocess: PreprocessSettings): void {
    const layers = backbone.layers.map((layer) => layer.name);
    const purpose = JSON.stringify([backbone.source.sha256, backbone.convention, layers, preprocess]);
    this.#purpose ??= purpose;
    if (this.#purpose === purpose) return;
    throw new AdError(
      'E_ARGUMENT',
      'The feature cache was filled with another backbone, other layers or another pre-processing.',
      'Make a new FeatureCache for each.',
    );
  }

  /**
   * The same images with some of their layers; the memory is shared, so that methods which work on other layers need no
   * cache of their own.
   *
   * @param from - the backbone that this was filled with
   * @param to - the same with fewer layers, see {@link Backbone.select}
   */
  select(from: Backbone, to: Backbone, preprocess: PreprocessSettings): FeatureCache {
    this.bind(from, preprocess);
    const at = to.layers.map(({ name }) => from.layers.findIndex((layer) => layer.name === name));
    const selected = new FeatureCache();
    selected.bind(to, preprocess);
    for (const [source, { geometry, maps }] of this.#images) {
      selected.#images.set(source, { geometry, maps: at.map((i) => maps[i]!) });
    }
    return selected;
  }

  /** @internal */
  get(source: ImageSource): CachedImage | undefined {
    return this.#images.get(source);
  }

  /** @internal Keeps copies of one image's part of a batch. */
  put(source: ImageSource, geometry: Geometry, batch: readonly FeatureMap[], at: number): CachedImage {
    const maps = batch.map((map) => {
      const length = map.channels * map.height * map.width;
      return { ...map, data: map.data.slice(at * length, (at + 1) * length) };
    });
    const image = { geometry, maps };
    this.#images.set(source, image);
    return image;
  }
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
