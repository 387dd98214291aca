import { allocateFloats } from '@ad/core-native';

/**
 * Memory that one piece of work after another borrows: fresh memory for every batch would cost more in page faults
 * than the work on it. Work that overlaps gets memory of its own.
 */
export class Scratch {
  readonly #free: Float32Array[] = [];

  /**
   * Lends `length` floats, whose contents are whatever was left there, until `work` settles.
   *
   * @example
   * const sum = await scratch.lend(1000, async (floats) => floats.fill(1).reduce((a, b) => a + b));
   */
  async lend<T>(length: number, work: (floats: Float32Array) => Promise<T>): Promise<T> {
    const kept = this.#free.pop();
    const memory = kept && kept.length >= length ? kept : allocateFloats(length);
    try {
      return await work(memory.subarray(0, length));
    } finally {
      this.#free.push(memory);
    }
  }
}
