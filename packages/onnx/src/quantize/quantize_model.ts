import { OnnxError } from '../errors.js';
import { foldBatchNorm } from '../fold/fold_batch_norm.js';
import { foldConstants } from '../fold/fold_constants.js';
import type { Graph } from '../graph.js';
import type { Model } from '../model.js';
import type { Node } from '../node.js';
import { isQuantizable, quantizedTensors, sameScale } from './places.js';
import { type Range, type Scale, scaleOf } from './range.js';
import { quantizeWeights } from './weights.js';

/** DequantizeLinear knows scales per channel from here on. */
const LEAST_OPSET = 13;

/**
 * Prepares a network for {@link quantizeModel}: folds constants and BatchNormalizations, in place, and tells the tensors
 * whose ranges have to be known.
 *
 * @returns names, in the order in which the tensors are made
 * @throws OnnxError E_ONNX_QUANTIZE for a network without a convolution with constant weights, or of an operator set
 * before 13; E_ONNX_GRAPH
 *
 * @example
 * const tensors = quantizableTensors(model);
 */
export function quantizableTensors(model: Model): string[] {
  const opset = model.opset() ?? 0;
  if (opset < LEAST_OPSET) {
    throw new OnnxError(
      'E_ONNX_QUANTIZE',
      `The network was exported for operator set ${opset}; eight bits with one scale per channel need ${LEAST_OPSET}.`,
      `Export it again with operator set ${LEAST_OPSET} or later.`,
    );
  }
  const { graph } = model;
  foldConstants(graph);
  foldBatchNorm(graph);
  if (graph.nodes.some((node) => isQuantizable(graph, node))) return quantizedTensors(graph);
  throw new OnnxError(
    'E_ONNX_QUANTIZE',
    'The network has no convolution with constant float32 weights; nothing of it would be computed in eight bits.',
  );
}

/**
 * Makes a network compute its convolutions, and what lies between them, in eight bits: static quantisation in the form
 * of QuantizeLinear and DequantizeLinear pairs, which onnxruntime turns into integer arithmetic. Activations are
 * unsigned with one scale for a tensor, weights signed with one for an output channel (Krishnamoorthi 2018, section 2);
 * biases have 32 bits. Changes the graph in place; what the outputs are called, and their type, stays.
 *
 * @param model - prepared by {@link quantizableTensors}
 * @param ranges - of each of its tensors, see {@link rangeModel}
 * @returns how many convolutions compute in eight bits
 * @throws OnnxError E_ONNX_QUANTIZE for a range that is missing or not finite
 *
 * @example
 * const ranges = new Map(tensors.map((name, i) => [name, { low: low[i]!, high: high[i]! }]));
 * quantizeModel(model, ranges);
 */
export function quantizeModel(model: Model, ranges: ReadonlyMap<string, Range>): number {
  const { graph } = model;
  const convolutions = graph.nodes.filter((node) => isQuantizable(graph, node));
  const scales = new Map<string, Scale>();
  const same = sameScale(graph);
  for (const name of quantizedTensors(graph)) {
    const twin = scales.get(same.get(name) ?? '');
    scales.set(name, twin ?? scaleOf(name, rangeOf(ranges, name)));
  }
  for (const node of convolutions) quantizeConvolution(graph, node, scales.get(node.inputs[0]!)!);
  for (const [name, scale] of scales) roundTensor(graph, name, scale);
  graph.nodes = graph.sorted();
  return convolutions.length;
}

function rangeOf(ranges: ReadonlyMap<string, Range>, name: string): Range {
  const range = ranges.get(name);
  if (range) return range;
  throw new OnnxError('E_ONNX_QUANTIZE', `No range is given for the tensor '${name}'.`);
}

function quantizeConvolution(graph: Graph, node: Node, input: Scale): void {
  const [, weightName = '', biasName = ''] = node.inputs;
  const weight = graph.initializers.get(weightName)!;
  const bias = graph.initializers.get(biasName)?.numbers() ?? [];
  const { codes, scales } = quantizeWeights(weight, bias, input.scale);
  const channels = scales.length;
  const dequantized = (
    type: 'int8' | 'int32',
    dims: readonly number[],
    values: Int8Array | Int32Array,
    steps: Float32Array,
    hint: string,
  ) =>
    graph.add(
      'DequantizeLinear',
      [
        graph.constant(type, dims, values, `${hint}_${type}`),
        graph.constant('float32', [channels], steps, `${hint}_scale`),
        graph.constant(type, [channels], new Array(channels).fill(0), `${hint}_zero`),
      ],
      { axis: 0 },
      { hint: `${hint}_dequantized` },
    );
  node.inputs[1] = dequantized('int8', weight.dims, codes, scales, weightName);
  if (biasName) {
    const steps = scales.map((scale) => scale * input.scale);
    const rounded = Int32Array.from(bias, (value, i) => Math.round(value / steps[i]!));
    node.inputs[2] = dequantized('int32', [channels], rounded, steps, biasName);
  }
  for (const name of [weightName, biasName]) {
    if (!graph.nodes.some((other) => other.inputs.includes(name))) graph.initializers.delete(name);
  }
}

/** All that reads the tensor reads what eight bits leave of it. */
function roundTensor(graph: Graph, name: string, { scale, zero }: Scale): void {
  const readers = graph.nodes.filter((node) => node.inputs.includes(name));
  const output = graph.outputs.find((value) => value.name === name);
  const steps = [
    graph.constant('float32', [], [scale], `${name}_scale`),
    graph.constant('uint8', [], [zero], `${name}_zero`),
  ];
  const codes = graph.add('QuantizeLinear', [name, ...steps], {}, { hint: `${name}_uint8` });
  const rounded = graph.add('DequantizeLinear', [codes, ...steps], {}, { hint: `${name}_dequantized` });
  for (const node of readers) {
    for (const [i, input] of node.inputs.entries()) if (input === name) node.inputs[i] = rounded;
  }
  if (!output) return;
  graph.rename(name, graph.fresh(`${name}_float`));
  graph.rename(rounded, name);
  output.name = name;
}
