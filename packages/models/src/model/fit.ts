import { AdError, type CallOptions } from '@ad/core-native';
import type { Backbone } from '../backbone/index.js';
import type { Sample } from '../data/index.js';
import { type ImageSource, type PreprocessSettings, placeMap } from '../image/index.js';
import { findMethod } from '../methods/index.js';
import type { Checkpoints, FitPlan, Progress } from '../methods/method.js';
import type { FeatureCache } from '../pipeline/feature_cache.js';
import { features, type ItemBatch } from '../pipeline/features.js';
import { Timing } from '../pipeline/timing.js';
import { calibrate, givenThresholds, splitForThreshold, type ThresholdRule } from '../threshold/index.js';
import type { Scored } from '../threshold/thresholds.js';
import { AnomalyModel } from './model.js';
import { largestInspected, type ScoredInput } from './prediction.js';
import { DEFAULT_MAP, DEFAULT_PREPROCESS, type MapSettings, type Recipe } from './recipe.js';

/** The garbage collector frees feature maps some time after their use. */
const GARBAGE_BYTES = 96e6;

/** What is known once the first images have been seen, before the long work. */
export interface FitEstimate extends FitPlan {
  backbone: string;
  heldOut: number;
  /** Bytes that fitting will hold at its peak beside process and backbone. */
  memory: number;
  /** The same with them: what the process will take. */
  peak: number;
  /** What a person should know of how the memory is kept to. */
  note?: string | undefined;
}

/** How a model is fitted; every field has a default. */
export interface FitOptions extends Pick<CallOptions, 'signal' | 'threads'> {
  /** The method's own settings, see its README. */
  settings?: unknown;
  /** What is not told is as the method has it, see its README. */
  preprocess?: Partial<PreprocessSettings> | undefined;
  map?: MapSettings | undefined;
  /** Decides everything random: the held-out images, the projection, the coreset's first row. */
  seed?: number | undefined;
  threshold?: ThresholdRule | undefined;
  /** Labelled images for an F1-optimal threshold. They are never learned from. */
  labelled?: readonly Sample[] | undefined;
  /** A name for the data, kept in the artefact. */
  dataset?: string | undefined;
  onProgress?: ((progress: Progress) => void) | undefined;
  onPlan?: ((estimate: FitEstimate) => void) | undefined;
  /** Leaves out images that cannot be read and tells of each; without it they are an error. */
  onUnreadable?: ((path: string, error: AdError) => void) | undefined;
  timing?: Timing | undefined;
  /** Feature maps kept from other fits on the same images. */
  cache?: FeatureCache | undefined;
  /** For methods that train: where the training is kept every so often, and continued from. */
  checkpoints?: Checkpoints | undefined;
  /** Bytes that the method may hold beside process and backbone; all that is available unless told. */
  maxMemory?: number | undefined;
}

/** A good image: a sample of a data set, a path, or the bytes of an image file. */
export type TrainingImage = Sample | ImageSource;

/**
 * Fits a method on good images.
 *
 * @param images - good images only; the list is collected first, so that the memory needed is known before the work
 * @throws AdError E_TOO_FEW_IMAGES, E_IMAGE, E_BACKBONE, E_OUT_OF_MEMORY, E_ARGUMENT
 * @example
 * const model = await fitModel('patchcore', backbone, data.train, { settings: { coreset: 0.1 }, seed: 0 });
 */
export async function fitModel(
  methodName: string,
  backbone: Backbone,
  images: Iterable<TrainingImage> | AsyncIterable<TrainingImage>,
  options: FitOptions = {},
): Promise<AnomalyModel> {
  const { seed = 0, signal, threads, labelled = [], timing = new Timing() } = options;
  checkSeed(seed);
  const method = findMethod(methodName);
  const settings = method.settings(options.settings);
  const minImages = method.minImages(settings);
  const own = defaultRecipe(methodName, settings);
  const recipe = { preprocess: { ...own.preprocess, ...options.preprocess }, map: options.map ?? own.map };

  const all: TrainingImage[] = [];
  for await (const image of images) all.push(image);
  const split = splitForThreshold(all, labelled, options.threshold ?? { rule: 'auto' }, seed, minImages);

  let skipped = 0;
  const onUnreadable =
    options.onUnreadable &&
    ((item: TrainingImage, error: AdError) => {
      skipped++;
      options.onUnreadable!(nameOf(item), error);
    });
  const stream = features(backbone, split.learn, {
    source: imageOf,
    preprocess: recipe.preprocess,
    signal,
    timing,
    onUnreadable,
    cache: method.pixels ? undefined : options.cache,
    pixels: method.pixels,
  });
  const learn = async () => {
    const { first, batches } = await peek(stream, minImages);
    const plan = planOf(first, split.learn.length);
    const memory = options.maxMemory ?? process.availableMemory();
    const { bytes, note } = method.memory(plan, settings, memory);
    const peak = process.memoryUsage.rss() + bytes + GARBAGE_BYTES;
    options.onPlan?.({
      ...plan,
      backbone: backbone.name,
      heldOut: split.heldOut.length,
      memory: bytes,
      peak,
      note,
    });
    const { onProgress, checkpoints } = options;
    const { source, layers } = backbone;
    return method.fit(batches, settings, {
      plan,
      backbone: { bytes: source.bytes, layers: layers.map(({ name }) => name) },
      memory,
      seed,
      signal,
      threads,
      device: backbone.device,
      checkpoints,
      onProgress,
      timing,
    });
  };
  // What fails before the images are read to their end must not leave batches behind in the backbone.
  const fitted = await learn().finally(() => stream.return(undefined));

  const training = {
    dataset: options.dataset ?? null,
    images: split.learn.length - skipped,
    patches: fitted.patches,
    skipped,
    seed,
  };
  const model = new AnomalyModel(
    methodName,
    fitted,
    backbone,
    recipe,
    givenThresholds(null, method.oneScale),
    training,
  );
  const scorer = <T extends TrainingImage>(items: readonly T[]) =>
    peaks(model.scoreAll(items, imageOf, { signal, threads, timing, onUnreadable, cache: options.cache }));
  const onProgress = (share: number) => options.onProgress?.({ stage: 'threshold', share });
  model.thresholds = await calibrate(split, scorer, onProgress, method.oneScale);
  training.skipped = skipped;
  return model;
}

/** What a method takes for pre-processing and map where they are not told. */
export function defaultRecipe(methodName: string, settings: unknown): Recipe {
  const method = findMethod(methodName);
  return method.recipe?.(method.settings(settings)) ?? { preprocess: DEFAULT_PREPROCESS, map: DEFAULT_MAP };
}

/** Scores as thresholds see them: peaks of the maps in which regions are found, which resampling has lowered a little. */
export async function* peaks<T>(scored: AsyncIterable<[T, ScoredInput]>): AsyncGenerator<[T, Scored]> {
  for await (const [item, { score, inputMap, geometry }] of scored) {
    const peak = inputMap && largestInspected(placeMap(inputMap, geometry));
    yield [item, { score, peak }];
  }
}

/** The image of a training item. */
export function imageOf(item: TrainingImage): ImageSource {
  return typeof item === 'object' && 'path' in item ? item.path : item;
}

/** What a person knows a training item by. */
export function nameOf(item: TrainingImage): string {
  const image = imageOf(item);
  return typeof image === 'string' ? image : `(${image.length} bytes)`;
}

/**
 * The first batch tells the grid; it is then handed on as if nobody had looked.
 *
 * @throws AdError E_TOO_FEW_IMAGES, at the latest at the end: some images may not have been readable
 */
async function peek(stream: AsyncGenerator<ItemBatch<unknown>>, minImages: number) {
  const { value: first, done } = await stream.next();
  if (done) throw tooFewReadable(0, minImages);
  async function* batches() {
    let images = 0;
    async function* all() {
      yield first as ItemBatch<unknown>;
      yield* stream;
    }
    for await (const batch of all()) {
      images += batch.images;
      yield batch;
    }
    if (images < minImages) throw tooFewReadable(images, minImages);
  }
  return { first: first as ItemBatch<unknown>, batches: batches() };
}

function tooFewReadable(images: number, minImages: number): AdError {
  return new AdError(
    'E_TOO_FEW_IMAGES',
    `${images} of the images could be read; needed are at least ${minImages}.`,
    'Add images of good parts, or repair those that were left out.',
  );
}

function planOf({ maps, items }: ItemBatch<unknown>, images: number): FitPlan {
  const { input } = items[0]!.geometry;
  return { images, input, layers: maps.map(({ channels, height, width }) => ({ channels, height, width })) };
}

function checkSeed(seed: number): void {
  if (Number.isSafeInteger(seed) && seed >= 0) return;
  throw new AdError('E_ARGUMENT', `The seed is ${seed}; expected a whole number of at least 0.`);
}
