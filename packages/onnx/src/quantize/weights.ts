import type { Tensor } from '../tensor.js';

/**
 * One bit less than there are: the sum of two products with eight-bit activations stays below 2^15, where processors
 * without VNNI saturate. So all of them give the same numbers.
 */
const LARGEST = 64;
const LARGEST_BIAS = 2 ** 30;

/** Weights of a convolution in eight bits, one scale per output channel. */
export interface QuantizedWeights {
  codes: Int8Array;
  scales: Float32Array;
}

/**
 * Symmetric codes per output channel: w = scale code. The scale is the smallest that holds the channel's largest weight,
 * and its bias in 31 bits of input scale times weight scale: a channel that is all but dead has tiny weights and a bias
 * of ordinary size.
 *
 * @param weights - `[channels, ...]`
 * @param bias - `[channels]`, or empty
 * @param inputScale - of what the convolution reads
 */
export function quantizeWeights(
  weights: Tensor,
  bias: readonly number[],
  inputScale: number,
): QuantizedWeights {
  const channels = weights.dims[0]!;
  const values = weights.data() as Float32Array;
  const each = values.length / channels;
  const codes = new Int8Array(values.length);
  const scales = new Float32Array(channels);
  for (let channel = 0; channel < channels; channel++) {
    const own = values.subarray(channel * each, (channel + 1) * each);
    const largest = own.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
    const forBias = Math.abs(bias[channel] ?? 0) / (inputScale * LARGEST_BIAS);
    const scale = Math.fround(Math.max(largest / LARGEST, forBias)) || 1;
    scales[channel] = scale;
    for (let i = 0; i < each; i++) codes[channel * each + i] = Math.round(own[i]! / scale);
  }
  return { codes, scales };
}
