import { binary, expand, reduce, scaled, unary } from '../raw.js';
import type { Value } from '../tape.js';
import { mul } from './arithmetic.js';

/** Sums over axes, which stay with the length 1; dx = dy, spread. */
export function sum(x: Value, axes: readonly number[] = x.shape.map((_, axis) => axis)): Value {
  return x.tape.record([x], reduce('ReduceSum', x, axes), (dy) => [expand(dy, x.shape)]);
}

/** Means over axes, which stay with the length 1; dx = dy / count, spread. */
export function mean(x: Value, axes: readonly number[] = x.shape.map((_, axis) => axis)): Value {
  const count = axes.reduce((product, axis) => product * x.shape[axis]!, 1);
  const y = scaled(reduce('ReduceSum', x, axes), 1 / count);
  return x.tape.record([x], y, (dy) => [expand(scaled(dy, 1 / count), x.shape)]);
}

/**
 * x / max(|x|, eps) over the channels (axis 1): y. dx = (dy - y sum(dy y)) / max(|x|, eps); below eps, where the
 * second term would be left out, it is y^2 small.
 */
export function l2Normalise(x: Value, epsilon = 1e-12): Value {
  const length = binary('Max', reduce('ReduceL2', x, [1]), x.tape.scalar(epsilon));
  const inverse = unary('Reciprocal', length);
  const y = binary('Mul', x, inverse);
  return x.tape.record([x], y, (dy) => {
    const along = binary('Mul', y, reduce('ReduceSum', binary('Mul', dy, y), [1]));
    return [binary('Mul', binary('Sub', dy, along), inverse)];
  });
}

/** Cosine of the angle between two vectors along the channels: the product of both of unit length, summed. */
export function cosine(a: Value, b: Value, epsilon = 1e-8): Value {
  return sum(mul(l2Normalise(a, epsilon), l2Normalise(b, epsilon)), [1]);
}
