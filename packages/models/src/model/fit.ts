import { AdError, type CallOptions } from '@ad/core-native';
import type { Backbone } from '../backbone/index.js';
import type { Sample } from '../data/index.js';
import type { ImageSource, PreprocessSettings } from '../image/index.js';
import { findMethod } from '../methods/index.js';
import type { FitPlan, Progress } from '../methods/method.js';
import type { FeatureCache } from '../pipeline/feature_cache.js';
import { type FeatureBatch, features } from '../pipeline/features.js';
import { Timing } from '../pipeline/timing.js';
import { calibrate, givenThresholds, splitForThreshold, type ThresholdRule } from '../threshold/index.js';
import type { Scored } from '../threshold/thresholds.js';
import { AnomalyModel, type MapSettings } from './model.js';
import { largest, type ScoredInput } from './prediction.js';

/** The paper's pre-processing: shorter side to 256, centre 224. */
export const DEFAULT_PREPROCESS: PreprocessSettings = { resize: 'shorter', imageSize: 256, crop: 224 };

/** The paper's map: Gaussian blur with sigma 4. */
export const DEFAULT_MAP: MapSettings = { sigma: 4, border: 'mirror' };

/** The garbage collector frees feature maps some time after their use. */
const GARBAGE_BYTES = 96e6;

/** What is known once the first images have been seen, before the long work. */
export interface FitEstimate extends FitPlan {
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
  preprocess?: PreprocessSettings | undefined;
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
  const recipe = { preprocess: options.preprocess ?? DEFAULT_PREPROCESS, map: options.map ?? DEFAULT_MAP };

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
    cache: options.cache,
  });
  const learn = async () => {
    const { first, batches } = await peek(stream, minImages);
    const plan = planOf(first, split.learn.length);
    const memory = options.maxMemory ?? process.availableMemory();
    const { bytes, note } = method.memory(plan, settings, memory);
    const peak = process.memoryUsage.rss() + bytes + GARBAGE_BYTES;
    options.onPlan?.({ ...plan, heldOut: split.heldOut.length, memory: bytes, peak, note });
    const { onProgress } = options;
    return method.fit(batches, settings, {
      plan,
      memory,
      seed,
      signal,
      threads,
      device: backbone.device,
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

/** Scores as thresholds see them. */
async function* peaks<T>(scored: AsyncIterable<[T, ScoredInput]>): AsyncGenerator<[T, Scored]> {
  for await (const [item, { score, inputMap }] of scored) {
    const peak = inputMap && largest(inputMap);
    yield [item, { score, peak }];
  }
}

/** The image of a training item. */
export function imageOf(item: TrainingImage): ImageSource {
  return typeof item === 'object' && 'path' in item ? item.path : item;
}

function nameOf(item: TrainingImage): string {
  const image = imageOf(item);
  return typeof image === 'string' ? image : `(${image.length} bytes)`;
}

/**
 * The first batch tells the grid; it is then handed on as if nobody had looked.
 *
 * @throws AdError E_TOO_FEW_IMAGES, at the latest at the end: some images may not have been readable
 */
async function peek(stream: AsyncGenerator<FeatureBatch>, minImages: number) {
  const { value: first, done } = await stream.next();
  if (done) throw tooFewReadable(0, minImages);
  async function* batches() {
    let images = 0;
    async function* all() {
      yield first as FeatureBatch;
      yield* stream;
    }
    for await (const batch of all()) {
      images += batch.images;
      yield batch;
    }
    if (images < minImages) throw tooFewReadable(images, minImages);
  }
  return { first: first as FeatureBatch, batches: batches() };
}

function tooFewReadable(images: number, minImages: number): AdError {
  return new AdError(
    'E_TOO_FEW_IMAGES',
    `${images} of the images could be read; needed are at least ${minImages}.`,
    'Add images of good parts, or repair those that were left out.',
  );
}

function planOf({ maps }: FeatureBatch, images: number): FitPlan {
  return { images, layers: maps.map(({ channels, height, width }) => ({ channels, height, width })) };
}

function checkSeed(seed: number): void {
  if (Number.isSafeInteger(seed) && seed >= 0) return;
  throw new AdError('E_ARGUMENT', `The seed is ${seed}; expected a whole number of at least 0.`);
}
