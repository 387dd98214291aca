import type { Backbone } from '../backbone/index.js';
import type { Dataset } from '../data/index.js';
import type { PreprocessSettings } from '../image/index.js';
import { findMethod } from '../methods/index.js';
import { features } from '../pipeline/features.js';
import { MemoryFeatureCache } from '../pipeline/memory_feature_cache.js';
import type { PlannedCell } from './plan.js';

/** What cells on one backbone share: the network, and each image's feature maps, extracted once. */
export class Workbench {
  #kept: { root: string; of: string; cache: MemoryFeatureCache } | null = null;

  /**
   * @param backbone - with all layers that any method wants
   * @param memory - bytes that kept feature maps may take; where they would not fit, each cell extracts anew
   */
  constructor(
    readonly backbone: Backbone,
    private readonly memory: number,
  ) {}

  /**
   * The network as a cell's method wants it, and what is kept of a data set's images. Nothing is kept for methods that
   * want pixels: maps alone do not serve them.
   */
  async prepare(
    data: Dataset,
    { method: name, preprocess }: Pick<PlannedCell, 'method' | 'preprocess'>,
    {
      signal,
      onProgress,
    }: { signal?: AbortSignal | undefined; onProgress?: ((share: number) => void) | undefined },
  ): Promise<{ backbone: Backbone; cache: MemoryFeatureCache | undefined }> {
    const method = findMethod(name);
    const backbone = this.backbone.select(method.layers);
    // What the last data set left behind is in the way, whoever comes next.
    if (this.#kept?.root !== data.root) this.#kept = null;
    if (method.pixels) return { backbone, cache: undefined };
    const paths = [...data.train, ...data.test].map(({ path }) => path);
    const of = JSON.stringify(preprocess);
    if (this.#kept?.of !== of) this.#kept = { root: data.root, of, cache: new MemoryFeatureCache() };
    const { cache } = this.#kept;
    // Splits of other seeds are of the same images.
    const shelf = cache.shelf(this.backbone, preprocess);
    const fresh: string[] = [];
    for (const path of paths) if (!(await shelf.find(path)).kept) fresh.push(path);
    if (fresh.length > 0 && !(await this.#fill(cache, preprocess, fresh, paths.length, signal, onProgress))) {
      this.#kept = null;
      return { backbone, cache: undefined };
    }
    return { backbone, cache: cache.select(this.backbone, backbone, preprocess) };
  }

  async close(): Promise<void> {
    await this.backbone.close();
  }

  async #fill(
    cache: MemoryFeatureCache,
    preprocess: PreprocessSettings,
    paths: string[],
    total: number,
    signal: AbortSignal | undefined,
    onProgress: ((share: number) => void) | undefined,
  ): Promise<boolean> {
    let done = 0;
    const batches = features(this.backbone, paths, {
      source: (path) => path,
      preprocess,
      signal,
      cache,
      // Whoever needs the image says what is wrong with it.
      onUnreadable: () => {},
    });
    for await (const { images, maps } of batches) {
      const perImage = maps.reduce((sum, { data }) => sum + data.byteLength, 0) / images;
      if (perImage * total > this.memory) return false;
      done += images;
      onProgress?.(done / paths.length);
    }
    return true;
  }
}
