import { binary, one, reduce, reshape, scaled, unary } from '../raw.js';
import type { Value } from '../tape.js';

const OVER = [0, 2, 3];

/** What batch normalisation in training gives. */
export interface BatchNormed {
  output: Value;
  /** The running statistics after this batch, each `[c]`. */
  mean: Value;
  variance: Value;
}

export interface BatchNormOptions {
  epsilon?: number;
  /** Share of this batch in the running statistics. */
  momentum?: number;
}

/**
 * Batch normalisation as it learns: y = gamma (x - m) / sqrt(v + eps) + beta with mean and biased variance of the batch.
 * With xh = (x - m) / sqrt(v + eps) and M values per channel:
 * dbeta = sum dy, dgamma = sum dy xh, dx = gamma / sqrt(v + eps) (dy - dbeta / M - xh dgamma / M).
 *
 * ONNX's own training form is not used: onnxruntime writes its statistics over its inputs, and its running variance is
 * the biased one where PyTorch's is M / (M - 1) of it, which is what is kept here.
 *
 * @param x - `[n, c, h, w]`; gamma, beta and the running statistics `[c]`
 */
export function batchNorm(
  x: Value,
  gamma: Value,
  beta: Value,
  running: { mean: Value; variance: Value },
  { epsilon = 1e-5, momentum = 0.1 }: BatchNormOptions = {},
): BatchNormed {
  const { tape } = x;
  const c = x.shape[1]!;
  const count = x.size / c;
  const centre = reduce('ReduceMean', x, OVER);
  const centred = binary('Sub', x, centre);
  const mean = reshape(centre, [c]);
  const variance = reshape(reduce('ReduceMean', binary('Mul', centred, centred), OVER), [c]);
  const output = normalise(x, gamma, beta, mean, variance, epsilon);
  tape.record([x, gamma, beta], output, (dy, needed) => {
    const inverse = unary('Reciprocal', unary('Sqrt', binary('Add', variance, tape.scalar(epsilon))));
    const [zeros, ones] = [0, 1].map((value) => tape.constant(new Array(c).fill(value), [c])) as [
      Value,
      Value,
    ];
    const hat = normalise(x, ones, zeros, mean, variance, epsilon);
    const dbeta = reduce('ReduceSum', dy, OVER, false);
    const dgamma = reduce('ReduceSum', binary('Mul', dy, hat), OVER, false);
    if (!needed[0]) return [null, dgamma, dbeta];
    const slope = binary('Mul', gamma, inverse);
    const shift = scaled(binary('Mul', slope, dbeta), -1 / count);
    const tilt = scaled(binary('Mul', slope, dgamma), -1 / count);
    // slope dy + shift in one pass over the tensor: a normalisation by mean 0 and variance 1.
    const unit = tape.constant(new Array(c).fill(1 - epsilon), [c]);
    const direct = normalise(dy, slope, shift, zeros, unit, epsilon);
    const dx = binary('Add', direct, binary('Mul', hat, reshape(tilt, [1, c, 1, 1])));
    return [dx, needed[1] ? dgamma : null, needed[2] ? dbeta : null];
  });
  const blend = (old: Value, seen: Value, factor: number) =>
    binary('Add', scaled(old, 1 - momentum), scaled(seen, momentum * factor));
  return {
    output,
    mean: blend(running.mean, mean, 1),
    variance: blend(running.variance, variance, count > 1 ? count / (count - 1) : 1),
  };
}

/**
 * Batch normalisation as it is used: y = gamma (x - m) / sqrt(v + eps) + beta with statistics that are given.
 * dx = dy gamma / sqrt(v + eps), dgamma = sum dy xh, dbeta = sum dy; the statistics get no gradient.
 */
export function batchNormInference(
  x: Value,
  gamma: Value,
  beta: Value,
  { mean, variance }: { mean: Value; variance: Value },
  { epsilon = 1e-5 }: Pick<BatchNormOptions, 'epsilon'> = {},
): Value {
  const { tape } = x;
  const c = x.shape[1]!;
  const output = normalise(x, gamma, beta, mean, variance, epsilon);
  return tape.record([x, gamma, beta], output, (dy, needed) => {
    const [zeros, ones] = [0, 1].map((value) => tape.constant(new Array(c).fill(value), [c])) as [
      Value,
      Value,
    ];
    const hat = () => normalise(x, ones, zeros, mean, variance, epsilon);
    return [
      needed[0] ? normalise(dy, gamma, zeros, zeros, variance, epsilon) : null,
      needed[1] ? reduce('ReduceSum', binary('Mul', dy, hat()), OVER, false) : null,
      needed[2] ? reduce('ReduceSum', dy, OVER, false) : null,
    ];
  });
}

function normalise(
  x: Value,
  gamma: Value,
  beta: Value,
  mean: Value,
  variance: Value,
  epsilon: number,
): Value {
  return one('BatchNormalization', [x, gamma, beta, mean, variance], x.shape, {
    epsilon: { float: epsilon },
  });
}
