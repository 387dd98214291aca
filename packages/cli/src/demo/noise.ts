import type { SeededRandom } from '@ad/models';
import { normal } from './random_values.js';

/** Values in stock; the longest field must not be longer. A power of 2, so that every odd stride visits all of them. */
const STOCK = 1 << 18;

/**
 * White noise in quantity. Drawing every value anew would take longer than all the rest of a picture, so values come
 * from a stock: each one is the sum of two, on walks from random places in random strides. Two walks meet at single
 * values only, never over a distance: no field is an echo of itself or of another one.
 */
export class Noise {
  readonly #stock = new Float32Array(STOCK);

  constructor(random: SeededRandom) {
    for (let i = 0; i < STOCK; i++) this.#stock[i] = normal(random);
  }

  /** `count` standard normal numbers, at most 2^18. */
  field(count: number, random: SeededRandom): Float32Array {
    const stock = this.#stock;
    const [strideA, strideB] = [oddBelowStock(random), oddBelowStock(random)];
    let a = random.below(STOCK);
    let b = random.below(STOCK);
    const out = new Float32Array(count);
    for (let i = 0; i < count; i++) {
      out[i] = (stock[a]! + stock[b]!) * Math.SQRT1_2;
      a = (a + strideA) % STOCK;
      b = (b + strideB) % STOCK;
    }
    return out;
  }
}

function oddBelowStock(random: SeededRandom): number {
  return 2 * random.below(STOCK / 2) + 1;
}
