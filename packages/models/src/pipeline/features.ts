import { AdError, allocateFloats, type FeatureMap } from '@ad/core-native';
import type { Backbone, Features } from '../backbone/index.js';
import {
  type Geometry,
  type ImageSource,
  loadInput,
  type PreprocessSettings,
  type RgbImage,
  type Size,
  writeTensor,
} from '../image/index.js';
import { type CachedImage, type FeatureCache, joinImages } from './feature_cache.js';
import { mapOrdered } from './map_ordered.js';
import type { Timing } from './timing.js';

/** Feature maps of some images, as methods take them. */
export interface FeatureBatch {
  images: number;
  /** One per layer, finest grid first, each `[images, c, h, w]`. */
  maps: FeatureMap[];
  /** Says that nobody will read the maps again, so that another batch can use their memory. They are empty then. */
  release(): void;
}

/** A batch with the items it was made from. */
export interface ItemBatch<T> extends FeatureBatch {
  items: { item: T; geometry: Geometry }[];
}

export interface FeatureOptions<T> {
  preprocess: PreprocessSettings;
  /** Where an item's image is. */
  source: (item: T) => ImageSource;
  signal?: AbortSignal | undefined;
  timing?: Timing | undefined;
  /** Kept feature maps; new ones are added. */
  cache?: FeatureCache | undefined;
  /** Leaves out images that cannot be read and tells of each. Without it they are an error, once all are known. */
  onUnreadable?: ((item: T, error: AdError) => void) | undefined;
}

/** Enough images to keep the backbone's threads busy, few enough to keep latency and memory small. */
export const BATCH_IMAGES = 8;
const DECODE_AHEAD = 2 * BATCH_IMAGES;
// One batch computes in the backbone's thread while the next is already queued behind it.
const BATCHES_AHEAD = 2;

interface Loaded<T> {
  item: T;
  geometry: Geometry;
  /** The model's input; an image that is cached needs none. */
  image: RgbImage | CachedImage;
}

/**
 * The one path from images to feature maps, for fit, predict and evaluate alike: decode, resize, crop, normalise,
 * backbone. Decoding, the backbone and the consumer's own work overlap; order is kept and memory is bounded.
 *
 * @throws AdError E_IMAGE (an unreadable file, or inputs of different sizes), E_BACKBONE
 */
export function features<T>(
  backbone: Backbone,
  items: Iterable<T> | AsyncIterable<T>,
  options: FeatureOptions<T>,
): AsyncGenerator<ItemBatch<T>> {
  options.cache?.bind(backbone, options.preprocess);
  const batchSize = backbone.singleImage ? 1 : BATCH_IMAGES;
  const batches = batched(readable(items, options), batchSize);
  return mapOrdered(batches, (batch) => extract(backbone, batch, options), BATCHES_AHEAD);
}

async function* readable<T>(
  items: Iterable<T> | AsyncIterable<T>,
  options: FeatureOptions<T>,
): AsyncGenerator<Loaded<T>> {
  const failures: { item: T; error: AdError }[] = [];
  let count = 0;
  const load = async (item: T): Promise<Loaded<T> | { item: T; error: AdError }> => {
    options.signal?.throwIfAborted();
    try {
      const source = options.source(item);
      const cached = options.cache?.get(source);
      if (cached) return { item, geometry: cached.geometry, image: cached };
      return { item, ...(await loadInput(source, options.preprocess)) };
    } catch (error) {
      if (error instanceof AdError && error.code === 'E_IMAGE') return { item, error };
      throw error;
    }
  };
  for await (const result of mapOrdered(items, load, DECODE_AHEAD)) {
    count++;
    if ('error' in result) {
      if (options.onUnreadable) options.onUnreadable(result.item, result.error);
      else failures.push(result);
    } else if (failures.length === 0) {
      yield result;
    }
  }
  if (failures.length > 0)
    throw unreadable(
      failures.map((failure) => failure.error),
      count,
    );
}

function unreadable(errors: AdError[], count: number): AdError {
  const [first] = errors;
  if (errors.length === 1 && count === 1) return first!;
  const shown = errors.slice(0, 5).map((error) => `  - ${error.message}`);
  if (errors.length > shown.length) shown.push(`  - and ${errors.length - shown.length} more`);
  return new AdError(
    'E_IMAGE',
    `${errors.length} of ${count} images cannot be read:\n${shown.join('\n')}`,
    'Repair or remove them, or leave them out with --skip-unreadable.',
    { cause: first },
  );
}

async function* batched<T>(loaded: AsyncIterable<Loaded<T>>, size: number): AsyncGenerator<Loaded<T>[]> {
  let batch: Loaded<T>[] = [];
  let first: Loaded<T> | undefined;
  for await (const next of loaded) {
    first ??= next;
    checkSameSize(first.geometry.input, next.geometry.input);
    batch.push(next);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

function checkSameSize(first: Size, next: Size): void {
  if (first.width === next.width && first.height === next.height) return;
  throw new AdError(
    'E_IMAGE',
    `The images differ in shape: after resizing, one is ${first.width} x ${first.height} and another ${next.width} x ${next.height}.`,
    'Give them one size with --crop SIZE, --resize stretch or --resize pad.',
  );
}

async function extract<T>(
  backbone: Backbone,
  batch: Loaded<T>[],
  options: FeatureOptions<T>,
): Promise<ItemBatch<T>> {
  options.signal?.throwIfAborted();
  const { cache } = options;
  const fresh = batch.filter((loaded): loaded is Fresh<T> => 'data' in loaded.image);
  const extracted = fresh.length > 0 ? await run(backbone, fresh, options) : NOTHING;
  const { release } = extracted;
  let { maps } = extracted;
  if (cache) {
    const added = new Map(
      fresh.map(({ item, geometry }, i) => [item, cache.put(options.source(item), geometry, maps, i)]),
    );
    maps = joinImages(batch.map(({ item, image }) => ('data' in image ? added.get(item)! : image)));
  }
  const items = batch.map(({ item, geometry }) => ({ item, geometry }));
  return { images: batch.length, maps, release, items };
}

/** What the backbone gives where all images are cached. */
const NOTHING: Pick<Features, 'maps' | 'release'> = { maps: [], release: () => {} };

/** A loaded image that the backbone has not seen. */
type Fresh<T> = Loaded<T> & { image: RgbImage };

async function run<T>(backbone: Backbone, batch: Fresh<T>[], options: FeatureOptions<T>): Promise<Features> {
  const size = batch[0]!.image;
  backbone.checkInputSize(size);
  const pixels = allocateFloats(batch.length * 3 * size.height * size.width);
  batch.forEach(({ image }, i) => {
    writeTensor(image, backbone.convention, pixels, i * 3 * size.height * size.width);
  });
  const extracted = await backbone.extract(pixels, batch.length, size);
  options.timing?.add('backbone', extracted.seconds);
  return extracted;
}
