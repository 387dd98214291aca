import { dataTypeName } from '../data_type.js';
import { count, type Known, MOST_VALUES, misfit, type Rule, type Site } from './known.js';

/** The shape that two broadcast to. */
export function broadcast(site: Site, a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const [x, y] = [a[i - rank + a.length] ?? 1, b[i - rank + b.length] ?? 1];
    if (x === y || y === 1) return x;
    if (x === 1) return y;
    throw misfit(site.node, `[${a}] and [${b}] do not broadcast`);
  });
}

type Compute = (values: number[], integer: boolean) => number;

/** Operators on numbers at the same place; those that shapes are computed with have a function. */
const ARITHMETIC: Record<string, Compute | undefined> = {
  Add: ([a, b]) => a! + b!,
  Sub: ([a, b]) => a! - b!,
  Mul: ([a, b]) => a! * b!,
  Div: ([a, b], integer) => (integer ? Math.trunc(a! / b!) : a! / b!),
  Mod: ([a, b]) => a! - b! * Math.floor(a! / b!),
  Pow: ([a, b]) => a! ** b!,
  Min: (values) => Math.min(...values),
  Max: (values) => Math.max(...values),
  Sum: (values) => values.reduce((sum, value) => sum + value, 0),
  Neg: ([a]) => -a!,
  Abs: ([a]) => Math.abs(a!),
  Floor: ([a]) => Math.floor(a!),
  Ceil: ([a]) => Math.ceil(a!),
  Sqrt: ([a]) => Math.sqrt(a!),
  Reciprocal: ([a]) => 1 / a!,
  Mean: undefined,
  PRelu: undefined,
  BitShift: undefined,
};

const COMPARISONS: Record<string, Compute> = {
  Equal: ([a, b]) => Number(a === b),
  Less: ([a, b]) => Number(a! < b!),
  LessOrEqual: ([a, b]) => Number(a! <= b!),
  Greater: ([a, b]) => Number(a! > b!),
  GreaterOrEqual: ([a, b]) => Number(a! >= b!),
  And: ([a, b]) => Number(a! && b!),
  Or: ([a, b]) => Number(a! || b!),
  Xor: ([a, b]) => Number(Boolean(a) !== Boolean(b)),
  Not: ([a]) => Number(!a),
};

/** Operators whose output has the shape and type of their first input. */
const SAME_SHAPE =
  'Acos Asin Atan BatchNormalization Celu Clip Cos CumSum Dropout Elu Erf Exp Gelu GroupNormalization HardSigmoid HardSwish Hardmax Identity InstanceNormalization LayerNormalization LeakyRelu Log LogSoftmax LpNormalization LRN MeanVarianceNormalization Mish RMSNormalization Relu Round ScatterElements ScatterND Selu Shrink Sigmoid Sign Sin SimplifiedLayerNormalization Softmax Softplus Softsign Swish Tan Tanh ThresholdedRelu Trilu QuickGelu FastGelu BiasGelu'.split(
    ' ',
  );

function values(operands: readonly Known[], shape: readonly number[], compute: Compute | undefined) {
  if (!compute || count(shape) > MOST_VALUES || operands.some((operand) => !operand.values)) return undefined;
  const integer = operands[0]!.type !== 'float32';
  return Array.from({ length: count(shape) }, (_, at) =>
    compute(
      operands.map((operand) => operand.values![placeIn(operand.shape, shape, at)]!),
      integer,
    ),
  );
}

/** Where an element of the broadcast shape lies in an operand. */
function placeIn(operand: readonly number[], shape: readonly number[], at: number): number {
  let [place, step, rest] = [0, 1, at];
  for (let i = 1; i <= shape.length; i++) {
    const extent = shape[shape.length - i]!;
    const own = operand[operand.length - i] ?? 1;
    place += own === 1 ? 0 : (rest % extent) * step;
    step *= own;
    rest = Math.floor(rest / extent);
  }
  return place;
}

function pointwise(compute: Compute | undefined, type?: 'bool'): Rule {
  return (site) => {
    const operands = site.inputs.filter((input) => input !== undefined);
    if (operands.length < site.inputs.length || operands.length === 0) return undefined;
    const shape = operands.reduce<readonly number[]>((all, { shape }) => broadcast(site, all, shape), []);
    return [{ shape, type: type ?? operands[0]!.type, values: values(operands, shape, compute) }];
  };
}

const sameShape: Rule = ({ inputs: [x] }) => x && [x];
/** Norms compute; only what passes its input on keeps its values. */
const sameShapeOnly: Rule = ({ inputs: [x] }) => x && [{ shape: x.shape, type: x.type }];

const cast: Rule = ({ node, inputs: [x] }) => {
  const type = dataTypeName(node.int('to'));
  const whole = type?.includes('int') ?? false;
  return x && [{ shape: x.shape, type, values: whole ? x.values?.map(Math.trunc) : x.values }];
};

const where: Rule = (site) => {
  const [condition, a, b] = site.inputs;
  if (!condition || !a || !b) return undefined;
  const shape = broadcast(site, condition.shape, broadcast(site, a.shape, b.shape));
  const choose: Compute = ([chosen, x, y]) => (chosen ? x! : y!);
  return [{ shape, type: a.type, values: values([condition, a, b], shape, choose) }];
};

const ofQuantity = (type: 'float32' | undefined): Rule => {
  return ({ inputs: [x, , zero] }) => x && [{ shape: x.shape, type: type ?? zero?.type ?? 'uint8' }];
};

/** Operators that work on each element by itself, and those that keep a shape. */
export const elementwiseRules: Record<string, Rule> = {
  ...Object.fromEntries(Object.entries(ARITHMETIC).map(([op, compute]) => [op, pointwise(compute)])),
  ...Object.fromEntries(Object.entries(COMPARISONS).map(([op, compute]) => [op, pointwise(compute, 'bool')])),
  ...Object.fromEntries(SAME_SHAPE.map((op) => [op, sameShapeOnly])),
  Identity: sameShape,
  Dropout: sameShape,
  Cast: cast,
  CastLike: ({ inputs: [x, like] }) => x && [{ ...x, type: like?.type }],
  Where: where,
  IsNaN: ({ inputs: [x] }) => x && [{ shape: x.shape, type: 'bool' }],
  QuantizeLinear: ofQuantity(undefined),
  DequantizeLinear: ofQuantity('float32'),
};
