import type { AdError, CallOptions } from '@ad/core-native';
import type { Manifest } from '../artefact/index.js';
import type { ImageSource, LoadedInput } from '../image/index.js';
import type { FeatureCache } from '../pipeline/feature_cache.js';
import type { Timing } from '../pipeline/timing.js';
import type { Thresholds } from '../threshold/index.js';
import { type Prediction, predictionOf, type ScoredInput } from './prediction.js';
import type { Recipe } from './recipe.js';

/** Options of calls that score images. */
export interface ScoreOptions<T> extends Pick<CallOptions, 'signal' | 'threads'> {
  timing?: Timing | undefined;
  /** Feature maps kept from other calls on the same images. */
  cache?: FeatureCache | undefined;
  /** Leaves out images that cannot be read and tells of each; without it they are an error. */
  onUnreadable?: ((item: T, error: AdError) => void) | undefined;
  /** @internal Loads an item's image once for several that score it. */
  share?: ((item: T, load: () => Promise<LoadedInput>) => Promise<LoadedInput>) | undefined;
}

/**
 * What predicts, evaluates, is saved and thresholded: an {@link AnomalyModel}, or an {@link EnsembleModel} of several.
 * {@link openModel} opens either.
 */
export abstract class ScoringModel {
  abstract readonly methodName: string;
  abstract readonly recipe: Recipe;
  abstract readonly training: Manifest['training'];
  /** Editable: nothing of the model depends on them. */
  abstract thresholds: Thresholds;
  /** The named quantities worth showing to a person. */
  abstract readonly facts: Record<string, number | string>;

  /** Image scores and anomaly maps at the model's input size: what evaluation and thresholds work on. */
  abstract scoreAll<T>(
    items: Iterable<T> | AsyncIterable<T>,
    source: (item: T) => ImageSource,
    options?: ScoreOptions<T>,
  ): AsyncGenerator<[T, ScoredInput]>;

  /**
   * Writes the model folder; an older model at the same place is replaced only when the new one is complete.
   *
   * @param options.embedBackbone - copies ONNX files in (default), so that the folder is all a machine needs
   * @throws AdError E_WRITE
   */
  abstract save(folder: string, options?: { embedBackbone?: boolean }): Promise<void>;

  /** Ends the threads of all backbones. */
  abstract close(): Promise<void>;

  /**
   * Scores one image.
   *
   * @param image - a path, or the bytes of an image file
   * @throws AdError E_IMAGE
   */
  async predict(image: ImageSource, options: ScoreOptions<ImageSource> = {}): Promise<Prediction> {
    for await (const [, prediction] of this.predictAll([image], options)) return prediction;
    throw new Error('an image without prediction is an error before this');
  }

  /**
   * Scores images one after another, decoding and computing ahead. Yields each with its prediction, in order.
   *
   * @example
   * for await (const [path, { score, anomalous }] of model.predictAll(paths)) console.log(path, score, anomalous);
   */
  async *predictAll<T extends ImageSource>(
    images: Iterable<T> | AsyncIterable<T>,
    options: ScoreOptions<T> = {},
  ): AsyncGenerator<[T, Prediction]> {
    const thresholds = { image: this.thresholds.image.value, pixel: this.thresholds.pixel.value };
    for await (const [item, scored] of this.scoreAll(images, (image) => image, options)) {
      yield [item, await predictionOf(scored, thresholds, options)];
    }
  }
}
