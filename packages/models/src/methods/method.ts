import type { CallOptions } from '@ad/core-native';
import type { Tensor } from '../artefact/index.js';
import type { FeatureBatch } from '../pipeline/features.js';
import type { Timing } from '../pipeline/timing.js';

/** Values that JSON can carry. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** What a method can know before it starts. */
export interface FitPlan {
  images: number;
  /** Grid positions of the finest layer per image. */
  patchesPerImage: number;
  /** Channels of each layer, finest grid first. */
  channels: number[];
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
  onProgress?: ((progress: Progress) => void) | undefined;
  timing: Timing;
}

/** Raw scores of a batch: never clamped, never normalised. */
export interface Scores {
  images: number;
  /** Grid of the patch scores. */
  height: number;
  width: number;
  /** `[images, height, width]`, higher is more anomalous. */
  patches: Float32Array;
  /** `[images]`. */
  image: Float64Array;
}

/** A method that has seen the good parts. */
export interface FittedMethod {
  readonly settings: Json;
  /** What it learned beside its tensors; with them enough for {@link Method.restore}. */
  readonly state: Json;
  readonly tensors: Record<string, Tensor>;
  /** Patches seen, and the named quantities worth showing to a person. */
  readonly patches: number;
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
  readonly minImages: number;
  /** Its settings, for command lines. */
  readonly options: readonly MethodOption[];
  /** Fills in defaults and refuses what cannot be used. */
  settings(given: unknown): Settings;
  /**
   * What fitting will hold, within the budget.
   *
   * @throws AdError E_OUT_OF_MEMORY where the method cannot do with so little
   */
  memory(plan: FitPlan, settings: Settings, budget: number): MemoryPlan;
  fit(batches: AsyncIterable<FeatureBatch>, settings: Settings, context: FitContext): Promise<FittedMethod>;
  /** The fitted method again, from what an artefact holds. */
  restore(saved: { settings: Json; state: Json; tensors: Record<string, Tensor> }): Promise<FittedMethod>;
}
