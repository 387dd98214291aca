import type { Graph } from '../graph.js';
import type { Node } from '../node.js';

/**
 * Folds a BatchNormalization with fixed statistics into the convolution before it, where nothing else reads that
 * convolution's output: w' = w g / sqrt(v + e) per output channel, b' = (b - m) g / sqrt(v + e) + beta. Computed in double
 * precision; results change by the rounding of single precision, so a cut does not do it. Changes the graph in place.
 *
 * @returns how many were folded
 * @throws OnnxError E_ONNX_GRAPH, E_ONNX_TENSOR
 */
export function foldBatchNorm(graph: Graph): number {
  const producers = graph.producers();
  const consumers = graph.consumers();
  const outputs = new Set(graph.outputs.map((output) => output.name));
  const folded = new Set<Node>();
  for (const norm of graph.nodes) {
    if (norm.op !== 'BatchNormalization' || norm.int('training_mode', 0) || norm.outputs.length > 1) continue;
    const [x = ''] = norm.inputs;
    const conv = producers.get(x);
    const alone = consumers.get(x)?.length === 1 && !outputs.has(x);
    if (conv?.op !== 'Conv' || !alone || !foldInto(graph, conv, norm)) continue;
    conv.outputs[0] = norm.outputs[0]!;
    graph.values.delete(x);
    folded.add(norm);
  }
  graph.nodes = graph.nodes.filter((node) => !folded.has(node));
  return folded.size;
}

function foldInto(graph: Graph, conv: Node, norm: Node): boolean {
  const constant = (name: string | undefined) => {
    const tensor = graph.initializers.get(name ?? '');
    return tensor?.type === 'float32' ? tensor : undefined;
  };
  const [, gain, shift, mean, variance] = norm.inputs.map((name) => constant(name)?.numbers());
  const weight = constant(conv.inputs[1]);
  const bias = conv.inputs[2] ? constant(conv.inputs[2])?.numbers() : [];
  if (!gain || !shift || !mean || !variance || !weight || !bias) return false;

  const epsilon = norm.float('epsilon', 1e-5);
  const factors = gain.map((value, channel) => value / Math.sqrt(variance[channel]! + epsilon));
  const perChannel = weight.size / factors.length;
  const scaled = weight.numbers().map((value, i) => value * factors[Math.floor(i / perChannel)]!);
  const moved = factors.map((factor, c) => ((bias[c] ?? 0) - mean[c]!) * factor + shift[c]!);
  // New constants: another convolution may share the old ones.
  conv.inputs[1] = graph.constant('float32', weight.dims, scaled, weight.name);
  conv.inputs[2] = graph.constant('float32', [moved.length], moved, `${weight.name}_bias`);
  for (const name of [weight.name, ...norm.inputs.slice(1)]) {
    const read = graph.nodes.some((node) => node !== norm && node.inputs.includes(name));
    if (!read) graph.initializers.delete(name);
  }
  return true;
}
