import { broadcast } from './elementwise.js';
import { axisOf, listOf, misfit, type Rule, type Site } from './known.js';

const gemm: Rule = ({ node, inputs }) => {
  const [a, b] = inputs;
  if (!a || !b) return undefined;
  const [rows, inner] = node.int('transA', 0) ? [a.shape[1]!, a.shape[0]!] : [a.shape[0]!, a.shape[1]!];
  const [other, cols] = node.int('transB', 0) ? [b.shape[1]!, b.shape[0]!] : [b.shape[0]!, b.shape[1]!];
  if (a.shape.length !== 2 || inner !== other) throw misfit(node, `[${a.shape}] times [${b.shape}]`);
  return [{ shape: [rows, cols], type: a.type }];
};

const matMul: Rule = (site) => {
  const [a, b] = site.inputs;
  if (!a || !b || a.shape.length === 0 || b.shape.length === 0) return undefined;
  const left = a.shape.length === 1 ? [1, a.shape[0]!] : a.shape;
  const right = b.shape.length === 1 ? [b.shape[0]!, 1] : b.shape;
  if (left.at(-1) !== right.at(-2)) throw misfit(site.node, `[${a.shape}] times [${b.shape}]`);
  const shape = broadcast(site, left.slice(0, -2), right.slice(0, -2));
  if (a.shape.length > 1) shape.push(left.at(-2)!);
  if (b.shape.length > 1) shape.push(right.at(-1)!);
  return [{ shape, type: a.type }];
};

const reduce: Rule = (site) => {
  const [x] = site.inputs;
  if (!x) return undefined;
  const { node } = site;
  if (node.inputs[1] && !site.inputs[1]?.values) return undefined;
  const given = listOf(site, 'axes', 1);
  if (!given?.length && node.int('noop_with_empty_axes', 0)) return [{ shape: x.shape, type: x.type }];
  const axes = given?.length ? given.map((axis) => axisOf(site, axis, x.shape.length)) : [...x.shape.keys()];
  return [{ shape: without(x.shape, axes, node.int('keepdims', 1)), type: x.type }];
};

const arg: Rule = (site) => {
  const [x] = site.inputs;
  if (!x) return undefined;
  const axis = axisOf(site, site.node.int('axis', 0), x.shape.length);
  return [{ shape: without(x.shape, [axis], site.node.int('keepdims', 1)), type: 'int64' }];
};

function without(shape: readonly number[], axes: readonly number[], keep: number): number[] {
  return shape.flatMap((extent, i) => (axes.includes(i) ? (keep ? [1] : []) : [extent]));
}

const expand: Rule = (site) => {
  const [x, target] = site.inputs;
  return x && target?.values && [{ shape: broadcast(site, x.shape, target.values), type: x.type }];
};

const tile: Rule = ({ inputs: [x, repeats] }) =>
  x && repeats?.values && [{ shape: x.shape.map((extent, i) => extent * repeats.values![i]!), type: x.type }];

const pad: Rule = (site) => {
  const [x] = site.inputs;
  const pads = listOf(site, 'pads', 1);
  if (!x || !pads) return undefined;
  if (site.node.inputs[3] && !site.inputs[3]?.values) return undefined;
  const axes = site.inputs[3]?.values?.map((axis) => axisOf(site, axis, x.shape.length)) ?? [
    ...x.shape.keys(),
  ];
  const shape = [...x.shape];
  for (const [i, axis] of axes.entries()) shape[axis]! += pads[i]! + pads[i + axes.length]!;
  return [{ shape, type: x.type }];
};

const resize: Rule = ({ node, inputs }) => {
  const [x] = inputs;
  if (!x) return undefined;
  // Operator set 10 and Upsample have the factors second, later sets third and sizes fourth.
  const old = inputs.length <= 2;
  const sizes = old ? undefined : inputs[3]?.values;
  const factors =
    (old ? inputs[1] : inputs[2])?.values ?? (node.has('scales') ? node.floats('scales') : undefined);
  const axes = node.ints('axes', [...x.shape.keys()]);
  const shape = [...x.shape];
  for (const [i, axis] of axes.entries()) {
    const extent = sizes?.length
      ? sizes[i]
      : factors?.length
        ? Math.floor(shape[axis]! * factors[i]!)
        : undefined;
    if (extent === undefined) return undefined;
    shape[axis] = extent;
  }
  return [{ shape, type: x.type }];
};

function blocks(deeper: boolean): Rule {
  return ({ node, inputs: [x] }) => {
    if (!x) return undefined;
    const size = node.int('blocksize');
    const [n, c, h, w] = x.shape as [number, number, number, number];
    const shape = deeper ? [n, c * size ** 2, h / size, w / size] : [n, c / size ** 2, h * size, w * size];
    if (shape.every(Number.isInteger)) return [{ shape, type: x.type }];
    throw misfit(node, `[${x.shape}] does not divide into blocks of ${size}`);
  };
}

const einsum: Rule = (site) => {
  const [terms, result] = site.node.string('equation').replaceAll(' ', '').split('->');
  if (result === undefined || result.includes('.')) return undefined;
  const extents = new Map<string, number>();
  for (const [i, term] of terms!.split(',').entries()) {
    const shape = site.inputs[i]?.shape;
    if (!shape) return undefined;
    for (const [axis, letter] of [...term].entries()) extents.set(letter, shape[axis] ?? Number.NaN);
  }
  return [
    { shape: [...result].map((letter) => extents.get(letter) ?? Number.NaN), type: site.inputs[0]!.type },
  ];
};

/** Attention of operator set 23 with separate heads or with heads inside the last axis: the output is like the query. */
const attention: Rule = ({ node, inputs: [q, , v] }: Site) => {
  if (!q || !v) return undefined;
  if (q.shape.length === 4) return [{ shape: q.shape.with(3, v.shape[3]!), type: q.type }];
  const heads = node.int('q_num_heads', 1) / node.int('kv_num_heads', 1);
  return [{ shape: q.shape.with(2, v.shape[2]! * heads), type: q.type }];
};

const REDUCTIONS = ['L1', 'L2', 'LogSum', 'LogSumExp', 'Max', 'Mean', 'Min', 'Prod', 'Sum', 'SumSquare'];

/** Products, sums over axes, and changes of extent. */
export const algebraRules: Record<string, Rule> = {
  Gemm: gemm,
  MatMul: matMul,
  ...Object.fromEntries(REDUCTIONS.map((name) => [`Reduce${name}`, reduce])),
  ArgMax: arg,
  ArgMin: arg,
  Expand: expand,
  Tile: tile,
  Pad: pad,
  Resize: resize,
  Upsample: resize,
  SpaceToDepth: blocks(true),
  DepthToSpace: blocks(false),
  Einsum: einsum,
  Attention: attention,
};
