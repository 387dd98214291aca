import type { Backbone } from '../backbone/index.js';
import type { ImageSource, PreprocessSettings } from '../image/index.js';
import { type CachedImage, type FeatureCache, type FeatureShelf, purposeOf } from './feature_cache.js';

/**
 * Feature maps in memory, 4 bytes per feature: 0.6 MB per image for ResNet-18's layers 2 and 3, until it is dropped.
 * An image is known by its path, or by its array of bytes; neither may change meanwhile.
 *
 * @example
 * const cache = new MemoryFeatureCache();
 * for (const coreset of [0.01, 0.1]) {
 *   const model = await PatchCore.fit(backbone, data.train, { coreset, cache });
 *   console.log(coreset, (await evaluate(model, data.test, { cache })).metrics);
 * }
 */
export class MemoryFeatureCache implements FeatureCache {
  readonly #shelves = new Map<string, Map<ImageSource, CachedImage>>();

  /** How many images are kept, of all backbones and pre-processings. */
  get size(): number {
    return [...this.#shelves.values()].reduce((sum, shelf) => sum + shelf.size, 0);
  }

  /**
   * The same images with some of their layers; the memory is shared, so that methods which work on other layers need no
   * cache of their own.
   *
   * @param from - the backbone that this was filled with
   * @param to - the same with fewer layers, see {@link Backbone.select}
   */
  select(from: Backbone, to: Backbone, preprocess: PreprocessSettings): MemoryFeatureCache {
    const at = to.layers.map(({ name }) => from.layers.findIndex((layer) => layer.name === name));
    const selected = new Map<ImageSource, CachedImage>();
    for (const [source, { geometry, maps }] of this.#shelves.get(purposeOf(from, preprocess)) ?? []) {
      selected.set(source, { geometry, maps: at.map((i) => maps[i]!) });
    }
    const cache = new MemoryFeatureCache();
    cache.#shelves.set(purposeOf(to, preprocess), selected);
    return cache;
  }

  /** See {@link FeatureCache.shelf}. */
  shelf(backbone: Backbone, preprocess: PreprocessSettings): FeatureShelf {
    const purpose = purposeOf(backbone, preprocess);
    const images = this.#shelves.get(purpose) ?? new Map<ImageSource, CachedImage>();
    this.#shelves.set(purpose, images);
    return {
      find: async (source) => ({
        kept: images.get(source),
        keep: async (image) => {
          images.set(source, image);
        },
      }),
    };
  }
}
