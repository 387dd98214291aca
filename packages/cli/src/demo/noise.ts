import type { SeededRandom } from '@ad/models';
import { normal } from './random_values.js';

const STOCK = 1 << 17;

/**
 * White noise in quantity. Drawing every value anew would take longer than all the rest of a picture, so values come
 * from a stock: each one is the sum of two, taken at two random places, and no two fields repeat each other.
 */
export class Noise {
  readonly #stock: Float32Array;

  constructor(random: SeededRandom) {
    this.#stock = Float32Array.from({ length: STOCK }, () => normal(random));
  }

  /** `count` standard normal numbers. */
  field(count: number, random: SeededRandom): Float32Array {
    const stock = this.#stock;
    const a = random.below(STOCK);
    const b = random.below(STOCK);
    const out = new Float32Array(count);
    // Different strides and periods, so that neither an echo at a fixed distance nor a repetition appears.
    for (let i = 0; i < count; i++) {
      out[i] = (stock[(a + i) % STOCK]! + stock[(b + 3 * i) % (STOCK - 1)]!) * Math.SQRT1_2;
    }
    return out;
  }
}
