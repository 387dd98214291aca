import { AdError, anomalyMaps, type CallOptions } from '@ad/core-native';
import { loadArtefact, type Manifest, SCHEMA_VERSION, saveArtefact } from '../artefact/index.js';
import { Backbone, type BackboneOptions, EMBEDDED_BACKBONE, readBackbone } from '../backbone/index.js';
import type { ImageSource, PreprocessSettings } from '../image/index.js';
import { findMethod } from '../methods/index.js';
import type { FittedMethod, Json, PatchScores } from '../methods/method.js';
import type { FeatureCache } from '../pipeline/feature_cache.js';
import { features, type ItemBatch } from '../pipeline/features.js';
import { mapOrdered } from '../pipeline/map_ordered.js';
import type { Timing } from '../pipeline/timing.js';
import type { Thresholds } from '../threshold/index.js';
import { TOOL } from '../version.js';
import { largest, type Prediction, predictionOf, type ScoredInput } from './prediction.js';

/** How patch scores become an anomaly map. */
export interface MapSettings {
  /** Standard deviation of the Gaussian blur, in input pixels. */
  sigma: number;
  /** What lies beyond the border: `mirror` without, `reflect` with the edge repeated. */
  border: 'mirror' | 'reflect';
}

/** Everything a prediction depends on beside the backbone and what the method learned. */
export interface Recipe {
  preprocess: PreprocessSettings;
  map: MapSettings;
}

/** How a model is opened. */
export interface LoadOptions extends Pick<BackboneOptions, 'threads' | 'device' | 'provider'> {
  /** The ONNX file, where the model folder does not contain it. */
  backbone?: string | undefined;
}

/** Options of calls that score images. */
export interface ScoreOptions<T> extends Pick<CallOptions, 'signal' | 'threads'> {
  timing?: Timing | undefined;
  /** Feature maps kept from other calls on the same images. */
  cache?: FeatureCache | undefined;
  /** Leaves out images that cannot be read and tells of each; without it they are an error. */
  onUnreadable?: ((item: T, error: AdError) => void) | undefined;
}

/**
 * A fitted model: backbone, method, thresholds and every setting, of whatever method.
 *
 * @example
 * const model = await AnomalyModel.load('bottle.ad');
 * const { score, anomalous, regions } = await model.predict('part.png');
 * await model.close();
 */
export class AnomalyModel {
  constructor(
    readonly methodName: string,
    readonly fitted: FittedMethod,
    readonly backbone: Backbone,
    readonly recipe: Recipe,
    /** Editable: nothing of the model depends on them. */
    public thresholds: Thresholds,
    readonly training: Manifest['training'],
  ) {}

  /**
   * Reads a model folder, verifying checksums.
   *
   * @throws AdError E_ARTEFACT, E_ARTEFACT_SCHEMA, E_BACKBONE (the model keeps only a digest of its backbone and none,
   * or another, was given)
   */
  static async load(folder: string, options: LoadOptions = {}): Promise<AnomalyModel> {
    const { manifest, tensors, backbone: embedded } = await loadArtefact(folder);
    const { name, sha256, convention, layers } = manifest.backbone;
    const source = embedded
      ? { name, bytes: embedded, sha256 }
      : await givenBackbone(manifest, options.backbone);
    const { settings, state } = manifest.method;
    const method = findMethod(manifest.method.name);
    const { threads, device } = options;
    const saved = { settings: settings as Json, state: state as Json, tensors };
    const fitted = await method.restore(saved, { threads, device });
    const backbone = await Backbone.open(source, {
      ...options,
      convention,
      layers: layers.map((layer) => layer.name),
    });
    const { preprocess, map, thresholds, training } = manifest;
    return new AnomalyModel(method.name, fitted, backbone, { preprocess, map }, thresholds, training);
  }

  /**
   * Writes the model folder; an older model at the same place is replaced only when the new one is complete.
   *
   * @param options.embedBackbone - copies the ONNX file in (default), so that the folder is all a machine needs
   * @throws AdError E_WRITE
   */
  async save(folder: string, { embedBackbone = true } = {}): Promise<void> {
    const { name, sha256, bytes } = this.backbone.source;
    await saveArtefact(folder, {
      manifest: {
        format: 'ad-model',
        schema: SCHEMA_VERSION,
        tool: TOOL,
        method: { name: this.methodName, settings: this.fitted.settings, state: this.fitted.state },
        backbone: {
          name,
          sha256,
          embedded: embedBackbone,
          convention: this.backbone.convention,
          layers: [...this.backbone.layers],
        },
        ...this.recipe,
        thresholds: this.thresholds,
        training: this.training,
      },
      tensors: this.fitted.tensors,
      backbone: embedBackbone ? bytes : undefined,
    });
  }

  /**
   * Scores one image.
   *
   * @param image - a path, or the bytes of an image file
   * @throws AdError E_IMAGE
   */
  async predict(image: ImageSource, options: ScoreOptions<ImageSource> = {}): Promise<Prediction> {
    for await (const [, prediction] of this.predictAll([image], options)) return prediction;
    throw new AdError('E_IMAGE', 'The image was left out as unreadable.');
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

  /** Image scores and anomaly maps at the model's input size: what evaluation and thresholds work on. */
  async *scoreAll<T>(
    items: Iterable<T> | AsyncIterable<T>,
    source: (item: T) => ImageSource,
    options: ScoreOptions<T> = {},
  ): AsyncGenerator<[T, ScoredInput]> {
    const batches = features(this.backbone, items, {
      ...options,
      source,
      preprocess: this.recipe.preprocess,
    });
    // One batch is scored by the native pool while the backbone's thread computes the next.
    for await (const batch of mapOrdered(batches, (b) => this.#scoreBatch(b, options), 1)) yield* batch;
  }

  /** Ends the backbone's thread. */
  async close(): Promise<void> {
    await this.backbone.close();
  }

  async #scoreBatch<T>(batch: ItemBatch<T>, options: ScoreOptions<T>): Promise<[T, ScoredInput][]> {
    const { signal, threads, timing } = options;
    const { device } = this.backbone;
    const measure = <R>(stage: string, work: () => Promise<R>) =>
      timing ? timing.measure(stage, work) : work();
    const scores = await measure('score', () => this.fitted.score(batch, { signal, threads, device }));
    batch.release();
    const { width, height } = batch.items[0]!.geometry.input;
    const maps = scores.patches && (await measure('map', () => this.#maps(batch, scores.patches!, options)));
    return batch.items.map(({ item, geometry }, i) => {
      const inputMap = maps?.subarray(i * width * height, (i + 1) * width * height) ?? null;
      const score = scores.image ? scores.image[i]! : largest(inputMap!);
      return [item, { score, inputMap, geometry }];
    });
  }

  /** Anomaly maps at the input size, one after another. */
  #maps<T>(
    { images, items }: ItemBatch<T>,
    { data, height, width }: PatchScores,
    { signal, threads }: ScoreOptions<T>,
  ): Promise<Float32Array> {
    const { input } = items[0]!.geometry;
    const size = { images, height, width, outHeight: input.height, outWidth: input.width };
    return anomalyMaps(
      data,
      { ...size, ...this.recipe.map },
      { signal, threads, device: this.backbone.device },
    );
  }
}

async function givenBackbone({ backbone: { name, sha256 } }: Manifest, given: string | undefined) {
  const wanted = given ?? (name === EMBEDDED_BACKBONE ? name : undefined);
  if (wanted === undefined) {
    throw new AdError(
      'E_BACKBONE',
      `The model does not contain its backbone '${name}' (SHA-256 ${sha256}).`,
      'Name the ONNX file with --backbone FILE.',
    );
  }
  const source = await readBackbone(wanted);
  if (source.sha256 === sha256) return source;
  throw new AdError(
    'E_BACKBONE',
    `The backbone '${wanted}' has the SHA-256 ${source.sha256}; the model was fitted with ${sha256}.`,
    'Give the same file that the model was fitted with, or fit again.',
  );
}
