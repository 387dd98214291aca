/**
 * Operators with shape inference and without a record: what operators and their gradients are made of.
 */
import { OnnxError } from '../errors.js';
import { type Attributes, sizeOf, type Value } from './tape.js';

export function one(
  op: string,
  inputs: readonly Value[],
  shape: readonly number[],
  attributes: Attributes = {},
): Value {
  return inputs[0]!.tape.emit(op, inputs, [shape], attributes)[0]!;
}

/** The shape that two broadcast to. */
export function broadcast(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const [p, q] = [a[i - rank + a.length] ?? 1, b[i - rank + b.length] ?? 1];
    if (p !== q && p !== 1 && q !== 1)
      throw new OnnxError('E_ONNX_GRAPH', `The shapes [${a}] and [${b}] do not broadcast.`);
    return p === 1 ? q : p;
  });
}

export function binary(op: 'Add' | 'Sub' | 'Mul' | 'Div' | 'Max', a: Value, b: Value): Value {
  return one(op, [a, b], broadcast(a.shape, b.shape));
}

export function scaled(a: Value, factor: number): Value {
  return binary('Mul', a, a.tape.scalar(factor));
}

export function unary(op: string, a: Value, attributes: Attributes = {}): Value {
  return one(op, [a], a.shape, attributes);
}

/** 1 where `a` is above 0, else 0. */
export function positive(a: Value): Value {
  return unary('Cast', one('Greater', [a, a.tape.scalar(0)], a.shape), { to: 1 });
}

export function reshape(a: Value, shape: readonly number[]): Value {
  if (sizeOf(shape) !== a.size)
    throw new OnnxError('E_ONNX_GRAPH', `[${a.shape}] cannot be reshaped to [${shape}].`);
  if (shape.length === a.shape.length && shape.every((length, i) => length === a.shape[i])) return a;
  return one('Reshape', [a, a.tape.integers(shape)], shape);
}

export function transpose(a: Value, perm: readonly number[]): Value {
  return one(
    'Transpose',
    [a],
    perm.map((axis) => a.shape[axis]!),
    { perm },
  );
}

/** Exchanges the last two axes. */
export function turned(a: Value): Value {
  const rank = a.shape.length;
  const perm = a.shape.map((_, axis) => axis);
  return transpose(a, [...perm.slice(0, -2), rank - 1, rank - 2]);
}

/** `a[..., start:end:step, ...]` along some axes; ends beyond the axis are cut. */
export function slice(
  a: Value,
  starts: readonly number[],
  ends: readonly number[],
  axes: readonly number[],
  steps: readonly number[] = axes.map(() => 1),
): Value {
  const shape = [...a.shape];
  axes.forEach((axis, i) => {
    shape[axis] = Math.ceil((Math.min(ends[i]!, shape[axis]!) - starts[i]!) / steps[i]!);
  });
  const { tape } = a;
  return one('Slice', [a, ...[starts, ends, axes, steps].map((list) => tape.integers(list))], shape);
}

/** Reverses the last two axes: as a product, since onnxruntime takes slices backwards number by number. */
export function rotated(a: Value): Value {
  const [kh, kw] = a.shape.slice(-2) as [number, number];
  const cells = kh * kw;
  const backwards = new Float32Array(cells * cells);
  for (let i = 0; i < cells; i++) backwards[i * cells + cells - 1 - i] = 1;
  const rows = reshape(a, [a.size / cells, cells]);
  return reshape(matmul(rows, a.tape.constant(backwards, [cells, cells])), a.shape);
}

/** Zeros around: first those before each axis, then those after. */
export function pad(a: Value, before: readonly number[], after: readonly number[]): Value {
  if ([...before, ...after].every((width) => width === 0)) return a;
  const shape = a.shape.map((length, i) => length + before[i]! + after[i]!);
  return one('Pad', [a, a.tape.integers([...before, ...after])], shape);
}

export function concat(values: readonly Value[], axis: number): Value {
  const shape = [...values[0]!.shape];
  shape[axis] = values.reduce((sum, value) => sum + value.shape[axis]!, 0);
  return one('Concat', values, shape, { axis });
}

export function reduce(
  op: 'ReduceSum' | 'ReduceMean' | 'ReduceL2',
  a: Value,
  axes: readonly number[],
  keep = true,
): Value {
  const shape = a.shape.flatMap((length, axis) => (axes.includes(axis) ? (keep ? [1] : []) : [length]));
  return one(op, [a, a.tape.integers(axes)], shape, { keepdims: keep ? 1 : 0 });
}

export function expand(a: Value, shape: readonly number[]): Value {
  return one('Expand', [a, a.tape.integers(shape)], shape);
}

export function matmul(a: Value, b: Value): Value {
  const [p, q] = [a.shape, b.shape];
  if (p.at(-1) !== q.at(-2)) throw new OnnxError('E_ONNX_GRAPH', `[${p}] and [${q}] cannot be multiplied.`);
  return one('MatMul', [a, b], [...broadcast(p.slice(0, -2), q.slice(0, -2)), p.at(-2)!, q.at(-1)!]);
}

/** Sums a gradient over the axes along which its value was broadcast. */
export function unbroadcast(gradient: Value, shape: readonly number[]): Value {
  const rank = gradient.shape.length;
  const full = [...new Array(rank - shape.length).fill(1), ...shape];
  const axes = full.flatMap((length, axis) => (length === 1 && gradient.shape[axis] !== 1 ? [axis] : []));
  return reshape(axes.length > 0 ? reduce('ReduceSum', gradient, axes) : gradient, shape);
}
