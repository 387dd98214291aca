import type { LayerOptions, Layers, NormLayerOptions } from './layers.js';
import { batchNorm, batchNormInference, conv, convTranspose } from './ops/index.js';
import { sizeOf, type Tape, type Value } from './tape.js';

/**
 * First values of a weight `[out, in / group, kh, kw]`; of a transposed convolution `[in, out, kh, kw]`.
 *
 * @param layer - its name
 */
export type Initialiser = (shape: readonly number[], layer: string) => Float32Array;

/** A tensor that training changes, with its first values. */
export interface StateTensor {
  name: string;
  shape: readonly number[];
  data: Float32Array;
}

/** A {@link StateTensor} on the tape. */
interface Parameter extends StateTensor {
  value: Value;
}

/** Layers whose weights are inputs of the tape, so that they can be differentiated and replaced. */
export class TrainingLayers implements Layers {
  /** In the order of the layers. */
  readonly parameters: Parameter[] = [];
  /** Running statistics of batch normalisation, with what they are after a step. */
  readonly running: (Parameter & { next: Value })[] = [];

  constructor(
    private readonly tape: Tape,
    private readonly initialise: Initialiser,
    /** `judge` normalises by the running statistics, as the network will be used; they then stay as they are. */
    private readonly mode: 'learn' | 'judge' = 'learn',
  ) {}

  conv(name: string, x: Value, { channels, kernel, group = 1, ...window }: LayerOptions): Value {
    const w = this.#weight(name, [channels, x.shape[1]! / group, ...kernel]);
    return conv(x, w, { bias: this.#constant(`${name}.bias`, channels, 0), group, ...window });
  }

  convNorm(
    name: string,
    x: Value,
    { channels, kernel, group = 1, epsilon, affine, ...window }: NormLayerOptions,
  ): Value {
    const w = this.#weight(name, [channels, x.shape[1]! / group, ...kernel]);
    return this.#norm(name, conv(x, w, { group, ...window }), { epsilon, affine });
  }

  convTransposeNorm(name: string, x: Value, options: Omit<NormLayerOptions, 'group'>): Value {
    const { channels, kernel, epsilon, affine, ...window } = options;
    const w = this.#weight(name, [x.shape[1]!, channels, ...kernel]);
    return this.#norm(name, convTranspose(x, w, window), { epsilon, affine });
  }

  #norm(
    name: string,
    x: Value,
    { epsilon = 1e-5, affine = true }: Pick<NormLayerOptions, 'epsilon' | 'affine'>,
  ): Value {
    const c = x.shape[1]!;
    const fixed = (value: number) => this.tape.constant(new Array(c).fill(value), [c]);
    const gamma = affine ? this.#constant(`${name}.gamma`, c, 1) : fixed(1);
    const beta = affine ? this.#constant(`${name}.beta`, c, 0) : fixed(0);
    const mean = this.#input(`${name}.mean`, [c], new Float32Array(c));
    const variance = this.#input(`${name}.variance`, [c], new Float32Array(c).fill(1));
    if (this.mode === 'judge') {
      return batchNormInference(x, gamma, beta, { mean: mean.value, variance: variance.value }, { epsilon });
    }
    const normed = batchNorm(x, gamma, beta, { mean: mean.value, variance: variance.value }, { epsilon });
    this.running.push({ ...mean, next: normed.mean }, { ...variance, next: normed.variance });
    return normed.output;
  }

  #weight(name: string, shape: readonly number[]): Value {
    return this.#parameter(`${name}.weight`, shape, this.initialise(shape, name));
  }

  #constant(name: string, length: number, value: number): Value {
    return this.#parameter(name, [length], new Float32Array(length).fill(value));
  }

  #parameter(name: string, shape: readonly number[], data: Float32Array): Value {
    const parameter = this.#input(name, shape, data);
    this.parameters.push(parameter);
    return parameter.value;
  }

  #input(name: string, shape: readonly number[], data: Float32Array): Parameter {
    return { name, shape, data, value: this.tape.input(name, shape) };
  }
}

/** Normal values of the variance 2 / (out kh kw): keeps the size of gradients through ReLUs (He et al. 2015, fan out). */
export function kaimingFanOut(normal: () => number): Initialiser {
  return (shape) => {
    const deviation = Math.sqrt(2 / (shape[0]! * sizeOf(shape.slice(2))));
    return Float32Array.from({ length: sizeOf(shape) }, () => deviation * normal());
  };
}

/** Uniform values in +-gain sqrt(6 / (fan in + fan out)) (Glorot, Bengio 2010). */
export function xavierUniform(uniform: () => number, gain = 1): Initialiser {
  return (shape) => {
    const bound = gain * Math.sqrt(6 / ((shape[0]! + shape[1]!) * sizeOf(shape.slice(2))));
    return Float32Array.from({ length: sizeOf(shape) }, () => bound * (2 * uniform() - 1));
  };
}

/** Uniform values in +-1 / sqrt(fan in): what PyTorch gives a convolution unless told. */
export function fanInUniform(uniform: () => number): Initialiser {
  return (shape) => {
    const bound = 1 / Math.sqrt(sizeOf(shape.slice(1)));
    return Float32Array.from({ length: sizeOf(shape) }, () => bound * (2 * uniform() - 1));
  };
}
