import {
  axisOf,
  count,
  type Known,
  knownConstant,
  knownInts,
  listOf,
  MOST_VALUES,
  misfit,
  type Rule,
} from './known.js';

const reshape: Rule = (site) => {
  const { node } = site;
  const [x] = site.inputs;
  const wanted = listOf(site, 'shape', 1);
  if (!x || !wanted) return undefined;
  const shape = wanted.map((extent, i) => (extent === 0 && !node.int('allowzero', 0) ? x.shape[i]! : extent));
  const rest = shape.indexOf(-1);
  const others = shape.reduce((product, extent) => (extent === -1 ? product : product * extent), 1);
  if (rest >= 0) shape[rest] = count(x.shape) / others;
  if (!shape.every((extent) => Number.isInteger(extent) && extent >= 0) || count(shape) !== count(x.shape)) {
    throw misfit(node, `[${x.shape}] cannot take the shape [${wanted}]`);
  }
  return [{ ...x, shape }];
};

/** Values in a new order; `source` tells where each comes from, by its place along every axis. */
function rearranged(x: Known, shape: readonly number[], source: (at: number[]) => readonly number[]) {
  if (!x.values) return undefined;
  return Array.from({ length: Math.min(count(shape), MOST_VALUES) }, (_, index) => {
    const at = shape.map(() => 0);
    for (let axis = shape.length - 1, rest = index; axis >= 0; axis--) {
      at[axis] = rest % shape[axis]!;
      rest = Math.floor(rest / shape[axis]!);
    }
    const place = source(at).reduce((flat, i, axis) => flat * x.shape[axis]! + i, 0);
    return x.values![place]!;
  });
}

const transpose: Rule = (site) => {
  const [x] = site.inputs;
  if (!x) return undefined;
  const perm = site.node.ints('perm', [...x.shape.keys()].reverse());
  const axes = perm.map((axis) => axisOf(site, axis, x.shape.length));
  const shape = axes.map((axis) => x.shape[axis]!);
  const values = rearranged(x, shape, (at) => x.shape.map((_, axis) => at[axes.indexOf(axis)]!));
  return [{ shape, type: x.type, values }];
};

const flatten: Rule = (site) => {
  const [x] = site.inputs;
  if (!x) return undefined;
  const axis = site.node.int('axis', 1);
  const front = axis < 0 ? axis + x.shape.length : axis;
  return [{ ...x, shape: [count(x.shape.slice(0, front)), count(x.shape.slice(front))] }];
};

const squeeze: Rule = (site) => {
  const [x] = site.inputs;
  if (!x) return undefined;
  const given = listOf(site, 'axes', 1);
  if (!given && site.node.inputs[1]) return undefined;
  const axes = given?.map((axis) => axisOf(site, axis, x.shape.length));
  return [{ ...x, shape: x.shape.filter((extent, i) => (axes ? !axes.includes(i) : extent !== 1)) }];
};

const unsqueeze: Rule = (site) => {
  const [x] = site.inputs;
  const given = listOf(site, 'axes', 1);
  if (!x || !given) return undefined;
  const rank = x.shape.length + given.length;
  const axes = given.map((axis) => axisOf(site, axis, rank));
  const rest = x.shape.values();
  return [
    { ...x, shape: Array.from({ length: rank }, (_, i) => (axes.includes(i) ? 1 : rest.next().value!)) },
  ];
};

const concat: Rule = (site) => {
  const inputs = site.inputs.filter((input) => input !== undefined);
  const [first] = inputs;
  if (!first || inputs.length < site.inputs.length) return undefined;
  const axis = axisOf(site, site.node.int('axis', 1), first.shape.length);
  for (const { shape } of inputs) {
    const fits =
      shape.length === first.shape.length && shape.every((e, i) => i === axis || e === first.shape[i]);
    if (!fits) throw misfit(site.node, `[${first.shape}] and [${shape}] cannot be joined along axis ${axis}`);
  }
  const joined = inputs.reduce((sum, { shape }) => sum + shape[axis]!, 0);
  const flat = first.shape.length === 1 && inputs.every((input) => input.values);
  return [
    {
      shape: first.shape.with(axis, joined),
      type: first.type,
      values: flat ? inputs.flatMap((input) => input.values!) : undefined,
    },
  ];
};

const split: Rule = (site) => {
  const [x] = site.inputs;
  if (!x) return undefined;
  const { node } = site;
  const axis = axisOf(site, node.int('axis', 0), x.shape.length);
  const parts = node.outputs.length;
  const even = Math.ceil(x.shape[axis]! / parts);
  const sizes =
    listOf(site, 'split', 1) ??
    Array.from({ length: parts }, (_, i) => Math.min(even, x.shape[axis]! - i * even));
  return sizes.map((size) => ({ shape: x.shape.with(axis, size), type: x.type }));
};

const slice: Rule = (site) => {
  const [x] = site.inputs;
  const starts = listOf(site, 'starts', 1);
  const ends = listOf(site, 'ends', 2);
  if (!x || !starts || !ends) return undefined;
  if (site.node.inputs[3] && !site.inputs[3]?.values) return undefined;
  const axes = listOf(site, 'axes', 3) ?? starts.map((_, i) => i);
  const steps = site.inputs[4]?.values ?? starts.map(() => 1);
  const shape = [...x.shape];
  const begins = shape.map(() => 0);
  const paces = shape.map(() => 1);
  for (const [i, given] of axes.entries()) {
    const axis = axisOf(site, given, x.shape.length);
    const extent = x.shape[axis]!;
    const step = steps[i]!;
    const [low, high] = step > 0 ? [0, extent] : [-1, extent - 1];
    const clamp = (at: number) => Math.min(high, Math.max(low, at < 0 ? at + extent : at));
    const [start, end] = [clamp(starts[i]!), clamp(ends[i]!)];
    shape[axis] = Math.max(0, Math.ceil((end - start) / step));
    begins[axis] = start;
    paces[axis] = step;
  }
  const values = rearranged(x, shape, (at) => at.map((i, axis) => begins[axis]! + i * paces[axis]!));
  return [{ shape, type: x.type, values }];
};

const gather: Rule = (site) => {
  const [x, indices] = site.inputs;
  if (!x || !indices) return undefined;
  const axis = axisOf(site, site.node.int('axis', 0), x.shape.length);
  const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
  const values =
    x.shape.length === 1 && x.values
      ? indices.values?.map((at) => x.values!.at(at) ?? Number.NaN)
      : undefined;
  return [{ shape, type: x.type, values }];
};

const shapeOf: Rule = ({ node, inputs: [x] }) =>
  x && [knownInts(x.shape.slice(node.int('start', 0), node.has('end') ? node.int('end') : undefined))];

const constant: Rule = ({ node }) => {
  if (node.has('value')) return [knownConstant(node.tensor('value'))];
  if (node.has('value_int')) return [knownInts([node.int('value_int')], [])];
  if (node.has('value_ints')) return [knownInts(node.ints('value_ints'))];
  if (node.has('value_float')) return [{ shape: [], type: 'float32', values: [node.float('value_float')] }];
  if (!node.has('value_floats')) return undefined;
  const values = node.floats('value_floats');
  return [{ shape: [values.length], type: 'float32', values }];
};

const constantOfShape: Rule = ({ node, inputs: [x] }) => {
  if (!x?.values) return undefined;
  const fill: Known = node.has('value')
    ? knownConstant(node.tensor('value'))
    : { shape: [1], type: 'float32', values: [0] };
  const size = count(x.values);
  return [
    {
      shape: x.values,
      type: fill.type,
      values: size <= MOST_VALUES ? new Array(size).fill(fill.values?.[0]) : undefined,
    },
  ];
};

const range: Rule = ({ inputs }) => {
  const [start, limit, step] = inputs.map((input) => input?.values?.[0]);
  if (start === undefined || limit === undefined || step === undefined) return undefined;
  const size = Math.max(0, Math.ceil((limit - start) / step));
  const values = size <= MOST_VALUES ? Array.from({ length: size }, (_, i) => start + i * step) : undefined;
  return [{ shape: [size], type: inputs[0]!.type, values }];
};

/** Operators that move elements without changing them, and those that tell or make shapes. */
export const layoutRules: Record<string, Rule> = {
  Reshape: reshape,
  Transpose: transpose,
  Flatten: flatten,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Concat: concat,
  Split: split,
  Slice: slice,
  Gather: gather,
  Shape: shapeOf,
  Size: ({ inputs: [x] }) => x && [knownInts([count(x.shape)], [])],
  Constant: constant,
  ConstantOfShape: constantOfShape,
  Range: range,
};
