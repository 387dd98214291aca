import { binary, one, positive, scaled, unary } from '../raw.js';
import type { Value } from '../tape.js';

/** max(x, 0); dx = dy where y > 0, else 0. */
export function relu(x: Value): Value {
  const y = unary('Relu', x);
  return x.tape.record([x], y, (dy) => [binary('Mul', dy, positive(y))]);
}

/** x where x > 0, else alpha x; dx = dy (alpha + (1 - alpha) [x > 0]). */
export function leakyRelu(x: Value, alpha = 0.01): Value {
  const y = unary('LeakyRelu', x, { alpha: { float: alpha } });
  return x.tape.record([x], y, (dy) => {
    const slope = binary('Add', scaled(positive(x), 1 - alpha), x.tape.scalar(alpha));
    return [binary('Mul', dy, slope)];
  });
}

/** min(max(x, low), high); dx = dy strictly between the two, else 0. ReLU6 is clip(x, 0, 6). */
export function clip(x: Value, low: number, high: number): Value {
  const { tape } = x;
  const y = one('Clip', [x, tape.scalar(low), tape.scalar(high)], x.shape);
  return tape.record([x], y, (dy) => {
    const above = positive(binary('Sub', x, tape.scalar(low)));
    const below = positive(binary('Sub', tape.scalar(high), x));
    return [binary('Mul', dy, binary('Mul', above, below))];
  });
}

/** Softmax over the last axis; dx = y (dy - sum(dy y)). */
export function softmax(x: Value): Value {
  const y = unary('Softmax', x, { axis: -1 });
  return x.tape.record([x], y, (dy) => {
    const axes = x.tape.integers([x.shape.length - 1]);
    const shape = [...x.shape.slice(0, -1), 1];
    const inner = one('ReduceSum', [binary('Mul', dy, y), axes], shape, { keepdims: 1 });
    return [binary('Mul', binary('Sub', dy, inner), y)];
  });
}
