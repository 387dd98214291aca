import { slice as cut, concat as joined, pad, reshape as reshaped } from '../raw.js';
import type { Value } from '../tape.js';

/** The same numbers in another shape; dx = dy in the shape from before. */
export function reshape(x: Value, shape: readonly number[]): Value {
  const y = reshaped(x, shape);
  return y === x ? x : x.tape.record([x], y, (dy) => [reshaped(dy, x.shape)]);
}

/** `x[start:end]` along an axis; dx = dy with zeros where nothing was taken. */
export function slice(x: Value, axis: number, start: number, end: number): Value {
  const widths = (width: number) => x.shape.map((_, i) => (i === axis ? width : 0));
  const y = cut(x, [start], [end], [axis]);
  return x.tape.record([x], y, (dy) => [
    pad(dy, widths(start), widths(x.shape[axis]! - start - y.shape[axis]!)),
  ]);
}

/** One after another along an axis; each gets its part of dy. */
export function concat(values: readonly Value[], axis: number): Value {
  const y = joined(values, axis);
  return y.tape.record(values, y, (dy, needed) => {
    let start = 0;
    return values.map((value, i) => {
      const begin = start;
      start += value.shape[axis]!;
      return needed[i] ? cut(dy, [begin], [start], [axis]) : null;
    });
  });
}
