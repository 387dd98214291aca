import type { Backbone } from '../backbone/index.js';
import type { Dataset } from '../data/index.js';
import type { PreprocessSettings } from '../image/index.js';
import type { MethodChoice } from '../methods/index.js';
import { FeatureCache } from '../pipeline/feature_cache.js';
import { features } from '../pipeline/features.js';

/** What cells on one backbone share: the network, and each image's feature maps, extracted once. */
export class Workbench {
  #kept: { root: string; cache: FeatureCache } | null = null;

  /**
   * @param backbone - with all layers that any method wants
   * @param memory - bytes that kept feature maps may take; where they would not fit, each cell extracts anew
   */
  constructor(
    readonly backbone: Backbone,
    private readonly preprocess: PreprocessSettings,
    private readonly memory: number,
  ) {}

  /** The network as a method wants it, and what is kept of a data set's images. */
  async prepare(
    data: Dataset,
    method: Pick<MethodChoice, 'layers'>,
    {
      signal,
      onProgress,
    }: { signal?: AbortSignal | undefined; onProgress?: ((share: number) => void) | undefined },
  ): Promise<{ backbone: Backbone; cache: FeatureCache | undefined }> {
    const backbone = this.backbone.select(method.layers);
    const paths = [...data.train, ...data.test].map(({ path }) => path);
    if (this.#kept?.root !== data.root) this.#kept = { root: data.root, cache: new FeatureCache() };
    const { cache } = this.#kept;
    // Splits of other seeds are of the same images.
    const fresh = paths.filter((path) => cache.get(path) === undefined);
    if (fresh.length > 0 && !(await this.#fill(cache, fresh, paths.length, signal, onProgress))) {
      this.#kept = null;
      return { backbone, cache: undefined };
    }
    return { backbone, cache: cache.select(this.backbone, backbone, this.preprocess) };
  }

  async close(): Promise<void> {
    await this.backbone.close();
  }

  async #fill(
    cache: FeatureCache,
    paths: string[],
    total: number,
    signal: AbortSignal | undefined,
    onProgress: ((share: number) => void) | undefined,
  ): Promise<boolean> {
    let done = 0;
    const batches = features(this.backbone, paths, {
      source: (path) => path,
      preprocess: this.preprocess,
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
