import { allocateFloats } from '@ad/core-native';
import type { InferenceOutput } from './inference_worker.js';

/**
 * Memory for a network to write its outputs into. Left to itself onnxruntime allocates, clears and copies them for
 * every batch: for light networks a large part of their time.
 */
export class OutputMemory {
  /** Shapes of the outputs for each shape of the input, as soon as one run has told them. */
  readonly #shapes = new Map<string, number[][]>();
  readonly #free: Float32Array<ArrayBuffer>[] = [];

  /** One piece of memory for each output; undefined as long as no run on such an input has told their shapes. */
  take(input: readonly number[]): InferenceOutput[] | undefined {
    return this.#shapes.get(String(input))?.map((shape) => {
      const length = shape.reduce((a, b) => a * b, 1);
      const kept = this.#free.findIndex((memory) => memory.length === length);
      const data = kept < 0 ? allocateFloats(length) : this.#free.splice(kept, 1)[0]!;
      return { data, shape };
    });
  }

  /** Remembers what a run on such an input gave. */
  learn(input: readonly number[], outputs: readonly InferenceOutput[]): void {
    this.#shapes.set(
      String(input),
      outputs.map(({ shape }) => shape),
    );
  }

  /** Takes back memory that nobody reads any more. */
  give(memory: Float32Array<ArrayBuffer>): void {
    this.#free.push(memory);
  }
}
