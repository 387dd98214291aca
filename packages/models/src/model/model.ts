import { AdError, anomalyMaps } from '@ad/core-native';
import { loadArtefact, type Manifest, SCHEMA_VERSION, saveArtefact } from '../artefact/index.js';
import { Backbone, type BackboneOptions, EMBEDDED_BACKBONE, readBackbone } from '../backbone/index.js';
import type { ImageSource } from '../image/index.js';
import { findMethod } from '../methods/index.js';
import type { FittedMethod, Json, PatchScores } from '../methods/method.js';
import { features, type ItemBatch } from '../pipeline/features.js';
import { mapOrdered } from '../pipeline/map_ordered.js';
import { findBackbone } from '../registry/index.js';
import type { Thresholds } from '../threshold/index.js';
import { TOOL } from '../version.js';
import { largest, type ScoredInput } from './prediction.js';
import type { Recipe } from './recipe.js';
import { type ScoreOptions, ScoringModel } from './scoring_model.js';

/** How a model is opened. */
export interface LoadOptions extends Pick<BackboneOptions, 'threads' | 'device' | 'provider'> {
  /** The ONNX file, or files of which one is it, where the model folder does not contain it. */
  backbone?: string | readonly string[] | undefined;
}

/**
 * A fitted model: backbone, method, thresholds and every setting, of whatever method.
 *
 * @example
 * const model = await AnomalyModel.load('bottle.ad');
 * const { score, anomalous, regions } = await model.predict('part.png');
 * await model.close();
 */
export class AnomalyModel extends ScoringModel {
  constructor(
    readonly methodName: string,
    readonly fitted: FittedMethod,
    readonly backbone: Backbone,
    readonly recipe: Recipe,
    /** Editable: nothing of the model depends on them. */
    public thresholds: Thresholds,
    readonly training: Manifest['training'],
  ) {
    super();
  }

  get facts(): FittedMethod['facts'] {
    return this.fitted.facts;
  }

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

  async *scoreAll<T>(
    items: Iterable<T> | AsyncIterable<T>,
    source: (item: T) => ImageSource,
    options: ScoreOptions<T> = {},
  ): AsyncGenerator<[T, ScoredInput]> {
    const { pixels = false } = findMethod(this.methodName);
    const batches = features(this.backbone, items, {
      ...options,
      // What is kept has no pixels.
      cache: pixels ? undefined : options.cache,
      pixels,
      source,
      preprocess: this.recipe.preprocess,
    });
    // One batch is scored by the native pool while the backbone's thread computes the next.
    for await (const batch of mapOrdered(batches, (b) => this.#scoreBatch(b, options), 1)) yield* batch;
  }

  /** Ends the threads of the model and its backbone. */
  async close(): Promise<void> {
    await this.fitted.close?.();
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

/** Whether this machine has the backbone under its name. */
async function isKnown(name: string, sha256: string): Promise<boolean> {
  return name === EMBEDDED_BACKBONE || (await findBackbone(name))?.sha256 === sha256;
}

/** The backbone that a model was fitted with, among those that are given. */
async function givenBackbone({ backbone: { name, sha256 } }: Manifest, given: LoadOptions['backbone']) {
  const files = [given ?? ((await isKnown(name, sha256)) ? name : [])].flat();
  if (files.length === 0) {
    throw new AdError(
      'E_BACKBONE',
      `The model does not contain its backbone '${name}' (SHA-256 ${sha256}).`,
      'Name the ONNX file with --backbone FILE.',
    );
  }
  const found: string[] = [];
  for (const file of files) {
    const source = await readBackbone(file);
    if (source.sha256 === sha256) return source;
    found.push(`'${file}' has the SHA-256 ${source.sha256}`);
  }
  throw new AdError(
    'E_BACKBONE',
    `The backbone ${found.join(', ')}; the model was fitted with ${sha256}.`,
    'Give the same file that the model was fitted with, or fit again.',
  );
}
