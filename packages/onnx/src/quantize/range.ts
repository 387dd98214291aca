import { cutModel } from '../cut/cut_model.js';
import { OnnxError } from '../errors.js';
import type { Model } from '../model.js';

/** The least and the largest value that a tensor took. */
export interface Range {
  low: number;
  high: number;
}

/** What {@link rangeModel} gives for each tensor, in the order of their names. */
export const RANGE_OUTPUTS = ['low', 'high'] as const;

/**
 * A network that tells how far tensors reach instead of what it is for: two outputs, `low` and `high`, each `[tensors]`,
 * over all images of its input.
 *
 * @param tensors - names of tensors, as {@link quantizableTensors} gives them
 * @throws OnnxError E_ONNX_LAYER for a name that nothing makes, E_ONNX_GRAPH
 *
 * @example
 * const watched = rangeModel(model, quantizableTensors(model));
 */
export function rangeModel(model: Model, tensors: readonly string[]): Model {
  const inputs = new Set(model.graph.dataInputs.map((input) => input.name));
  const watched = cutModel(
    model,
    tensors.filter((name) => !inputs.has(name)),
  );
  const { graph } = watched;
  const one = graph.constant('int64', [1], [1], 'one');
  graph.outputs = [];
  for (const [i, op] of ['ReduceMin', 'ReduceMax'].entries()) {
    const single = tensors.map((name) => graph.add('Reshape', [graph.add(op, [name], { keepdims: 0 }), one]));
    const output = graph.fresh(RANGE_OUTPUTS[i]!);
    graph.add('Concat', single, { axis: 0 }, { outputs: [output] });
    graph.output(output, 'float32', [tensors.length]);
  }
  return watched;
}

/** Eight bits for a range: value = scale (code - zero), 0 among the values. */
export interface Scale {
  scale: number;
  zero: number;
}

/** @throws OnnxError E_ONNX_QUANTIZE for a range that is not finite */
export function scaleOf(tensor: string, { low, high }: Range): Scale {
  if (!Number.isFinite(low) || !Number.isFinite(high) || low > high) {
    throw new OnnxError(
      'E_ONNX_QUANTIZE',
      `The tensor '${tensor}' reaches from ${low} to ${high}; expected finite numbers.`,
      'Check the images and what values the input wants.',
    );
  }
  // Padding and the floor of a rectifier are zeros: they must be exact.
  const [from, to] = [Math.min(low, 0), Math.max(high, 0)];
  const scale = Math.fround((to - from) / 255) || 1;
  return { scale, zero: Math.min(255, Math.round(-from / scale)) };
}
