import { OnnxError } from '../errors.js';
import type { LayerOptions, Layers, NormLayerOptions } from './layers.js';
import { conv, convTranspose } from './ops/index.js';
import type { Tape, Value } from './tape.js';

/** Values by name, as `TrainingLayers` names them. */
export type Weights = Readonly<Record<string, Float32Array>>;

/**
 * Layers from learned weights, which become constants of the tape. Batch normalisation with its running statistics is
 * folded into the convolution before it: w' = w gamma / sqrt(v + eps), b' = beta - m gamma / sqrt(v + eps).
 */
export class InferenceLayers implements Layers {
  constructor(
    private readonly tape: Tape,
    private readonly weights: Weights,
  ) {}

  conv(name: string, x: Value, { channels, kernel, group = 1, ...window }: LayerOptions): Value {
    const w = this.tape.constant(this.#get(`${name}.weight`), [channels, x.shape[1]! / group, ...kernel]);
    const bias = this.tape.constant(this.#get(`${name}.bias`), [channels]);
    return conv(x, w, { bias, group, ...window });
  }

  convNorm(
    name: string,
    x: Value,
    { channels, kernel, group = 1, epsilon, affine: _, ...window }: NormLayerOptions,
  ): Value {
    const shape = [channels, x.shape[1]! / group, ...kernel];
    const { w, bias } = this.#folded(name, shape, 0, epsilon);
    return conv(x, w, { bias, group, ...window });
  }

  convTransposeNorm(name: string, x: Value, options: Omit<NormLayerOptions, 'group'>): Value {
    const { channels, kernel, epsilon, affine: _, ...window } = options;
    const { w, bias } = this.#folded(name, [x.shape[1]!, channels, ...kernel], 1, epsilon);
    return convTranspose(x, w, { bias, ...window });
  }

  /** @param axis - of the output channels in the weight's shape */
  #folded(name: string, shape: readonly number[], axis: 0 | 1, epsilon = 1e-5) {
    const channels = shape[axis]!;
    const [mean, variance] = [this.#get(`${name}.mean`), this.#get(`${name}.variance`)];
    const gamma = this.weights[`${name}.gamma`];
    const beta = this.weights[`${name}.beta`];
    const slopes = Float64Array.from(variance, (v, c) => (gamma?.[c] ?? 1) / Math.sqrt(v + epsilon));
    const inner = shape.slice(axis + 1).reduce((product, length) => product * length, 1);
    const weight = this.#get(`${name}.weight`).map(
      (value, at) => value * slopes[Math.floor(at / inner) % channels]!,
    );
    const bias = Float32Array.from(slopes, (slope, c) => (beta?.[c] ?? 0) - mean[c]! * slope);
    return { w: this.tape.constant(weight, shape), bias: this.tape.constant(bias, [channels]) };
  }

  #get(name: string): Float32Array {
    const found = this.weights[name];
    if (found) return found;
    throw new OnnxError('E_ONNX_TENSOR', `There are no weights '${name}'.`);
  }
}
