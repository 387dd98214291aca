import type { CallOptions, Device } from '@ad/core-native';
import type { Tensor } from '../artefact/index.js';
import type { LayerChoice } from '../backbone/index.js';
import type { FeatureBatch } from '../pipeline/features.js';
import type { Timing } from '../pipeline/timing.js';

/** Values that JSON can carry. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** The shape of one layer's feature map. */
export interface LayerShape {
  channels: number;
  height: number;
  width: number;
}

/** What a method can know before it starts. */
export interface FitPlan {
  images: number;
  /** Of each layer, finest grid first. */
  layers: readonly LayerShape[];
}

/** Grid positions of the finest layer per image. */
export function patchesPerImage({ layers }: Pick<FitPlan, 'layers'>): number {
  return layers[0]!.height * layers[0]!.width;
}

/** Channels of all layers together. */
export function totalChannels({ layers }: Pick<FitPlan, 'layers'>): number {
  return layers.reduce((sum, { channels }) => sum + channels, 0);
}

/** A stage of the work and how much of it is done, 0..1. */
export interface Progress {
  stage: string;
  share: number;
}

/** What a fit will hold beside process and backbone. */
export interface MemoryPlan {
  /** At its peak. */
  bytes: number;
  /** What a person should know of how it stays within its budget. */
  note?: string;
}

export interface FitContext {
  plan: FitPlan;
  /** Bytes that may be held beside process and backbone; the same as for {@link Method.memory}. */
  memory: number;
  /** Decides everything random. */
  seed: number;
  signal?: AbortSignal | undefined;
  threads?: number | undefined;
  /** Where the kernels compute. */
  device?: Device | undefined;
  onProgress?: ((progress: Progress) => void) | undefined;
  timing: Timing;
}

/** Where in an image the anomaly is, on a grid. */
export interface PatchScores {
  /** `[images, height, width]`, higher is more anomalous. */
  data: Float32Array;
  height: number;
  width: number;
}

/** Raw scores of a batch: never clamped, never normalised. */
export interface Scores {
  /** `[images]`, higher is more anomalous; null: the largest value of each anomaly map. */
  image: Float64Array | null;
  /** Null where a method judges whole images only. */
  patches: PatchScores | null;
}

/** A method that has seen the good parts. */
export interface FittedMethod {
  readonly settings: Json;
  /** What it learned beside its tensors; with them enough for {@link Method.restore}. */
  readonly state: Json;
  readonly tensors: Record<string, Tensor>;
  /** Feature vectors it learned from: patches, or images where it judges whole images. */
  readonly patches: number;
  /** The named quantities worth showing to a person. */
  readonly facts: Record<string, number | string>;
  score(batch: FeatureBatch, options: CallOptions): Promise<Scores>;
}

/** A setting as a command line offers it. */
export interface MethodOption {
  /** Key in the method's settings. */
  key: string;
  /** As a command line writes it: `--coreset <share>`. */
  flags: string;
  description: string;
  /** Reads the text of an option that takes a value. */
  parse?: (text: string) => unknown;
}

/**
 * The contract by which everything above knows methods: a folder per method, an entry in `methods/index.ts`, and the
 * command line, evaluation and artefacts work with it.
 */
export interface Method<Settings = unknown> {
  readonly name: string;
  /** The layers it works on where none are named. */
  readonly layers: LayerChoice;
  /** Its settings, for command lines. */
  readonly options: readonly MethodOption[];
  /** Fills in defaults and refuses what cannot be used. */
  settings(given: unknown): Settings;
  /** Whether image scores and maps are measured alike, so that one given threshold can serve both. */
  readonly oneScale: boolean;
  /** Whether the seed changes nothing of what it learns. */
  readonly deterministic?: boolean;
  /** Images that it cannot do without. */
  minImages(settings: Settings): number;
  /**
   * What fitting will hold, within the budget.
   *
   * @throws AdError E_OUT_OF_MEMORY where the method cannot do with so little
   */
  memory(plan: FitPlan, settings: Settings, budget: number): MemoryPlan;
  fit(batches: AsyncIterable<FeatureBatch>, settings: Settings, context: FitContext): Promise<FittedMethod>;
  /** The fitted method again, from what an artefact holds. */
  restore(
    saved: { settings: Json; state: Json; tensors: Record<string, Tensor> },
    options?: CallOptions,
  ): Promise<FittedMethod>;
}
