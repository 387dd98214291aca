import { transpose as permute, matmul as product, turned, unbroadcast } from '../raw.js';
import type { Value } from '../tape.js';
import { softmax } from './activation.js';
import { scale } from './arithmetic.js';

/** Matrix product over the last two axes; da = dy b^T, db = a^T dy. */
export function matmul(a: Value, b: Value): Value {
  return a.tape.record([a, b], product(a, b), (dy, needed) => [
    needed[0] ? unbroadcast(product(dy, turned(b)), a.shape) : null,
    needed[1] ? unbroadcast(product(turned(a), dy), b.shape) : null,
  ]);
}

/** softmax(q k^T / sqrt(d)) v, each `[n, positions, d]` (Vaswani et al. 2017, equation 1). */
export function attention(q: Value, k: Value, v: Value): Value {
  const across = k.tape.record([k], turned(k), (dy) => [turned(dy)]);
  return matmul(softmax(scale(matmul(q, across), 1 / Math.sqrt(q.shape.at(-1)!))), v);
}

/** The axes in another order; dx = dy in the order from before. */
export function transpose(x: Value, perm: readonly number[]): Value {
  const back = perm.map((_, axis) => perm.indexOf(axis));
  return x.tape.record([x], permute(x, perm), (dy) => [permute(dy, back)]);
}
