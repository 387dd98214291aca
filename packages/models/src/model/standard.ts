import { AdError } from '@ad/core-native';

/** Mean and unbiased standard deviation of values that others are measured by. */
export interface Standard {
  mean: number;
  deviation: number;
}

/** How many deviations a value lies above the mean. */
export function standardised(value: number, { mean, deviation }: Standard): number {
  return (value - mean) / deviation;
}

/** Mean and variance of values that come in parts; parts are merged as Chan, Golub, LeVeque 1979 do. */
export class RunningStandard {
  #count = 0;
  #mean = 0;
  #squares = 0;

  add(values: ArrayLike<number>): void {
    const count = values.length;
    let sum = 0;
    for (let i = 0; i < count; i++) sum += values[i]!;
    const mean = sum / count;
    let squares = 0;
    for (let i = 0; i < count; i++) squares += (values[i]! - mean) ** 2;
    const total = this.#count + count;
    const delta = mean - this.#mean;
    this.#squares += squares + (delta ** 2 * this.#count * count) / total;
    this.#mean += (delta * count) / total;
    this.#count = total;
  }

  /**
   * @param what - of what, for the message
   * @throws AdError E_ARGUMENT where all values are equal: nothing can be measured by them
   */
  result(what: string): Standard {
    const deviation = Math.sqrt(this.#squares / (this.#count - 1));
    if (deviation > 0) return { mean: this.#mean, deviation };
    throw new AdError(
      'E_ARGUMENT',
      `All ${what} of the held-out good images are the same, ${this.#mean}; an ensemble normalises by how they differ.`,
      'Give good images that differ from each other, or fit a single backbone.',
    );
  }
}
