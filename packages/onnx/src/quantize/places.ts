import type { Graph } from '../graph.js';
import type { Node } from '../node.js';

/** Computed by onnxruntime in eight bits where all that they read is. */
const FOLLOWERS = new Set(['MaxPool', 'Add', 'Concat', 'AveragePool', 'GlobalAveragePool']);
/** Part of the convolution or sum before them: eight bits cannot go below the least code anyway. */
const RECTIFIERS = new Set(['Relu', 'Clip']);

/** A convolution whose weights are constants. */
export function isQuantizable(graph: Graph, node: Node): boolean {
  return (
    node.op === 'Conv' &&
    node.domain === '' &&
    graph.initializers.get(node.inputs[1] ?? '')?.type === 'float32' &&
    (!node.inputs[2] || graph.initializers.get(node.inputs[2])?.type === 'float32')
  );
}

/**
 * The tensors that are rounded to eight bits, in the order in which they are made: what convolutions read and make, and
 * what poolings, sums and joins of such tensors make; behind a rectifier where that is all that reads them.
 */
export function quantizedTensors(graph: Graph): string[] {
  const consumers = graph.consumers();
  const outputs = new Set(graph.outputs.map((output) => output.name));
  const found = new Set<string>();
  const behind = (name: string): string => {
    const [reader, ...others] = consumers.get(name) ?? [];
    const alone = reader && others.length === 0 && !outputs.has(name);
    return alone && RECTIFIERS.has(reader.op) ? reader.outputs[0]! : name;
  };
  for (const node of graph.sorted()) {
    if (isQuantizable(graph, node)) found.add(node.inputs[0]!);
    else if (!FOLLOWERS.has(node.op) || !node.inputs.every((name) => found.has(name))) continue;
    found.add(behind(node.outputs[0]!));
  }
  return [...found];
}

/**
 * Tensors whose codes are those of another one: a maximum is one of the values that it was taken of, and is taken in
 * eight bits only where both sides have one scale.
 */
export function sameScale(graph: Graph): Map<string, string> {
  const pools = graph.nodes.filter((node) => node.op === 'MaxPool');
  return new Map(pools.map((node) => [node.outputs[0]!, node.inputs[0]!]));
}
