import type { Graph } from '../graph.js';
import { Tensor } from '../tensor.js';

/**
 * Turns Constant operators into initialisers and removes Identity operators of initialisers. Changes the graph in place;
 * nothing that is computed changes.
 *
 * @returns how many operators are gone
 * @throws OnnxError E_ONNX_GRAPH
 */
export function foldConstants(graph: Graph): number {
  const outputs = new Set(graph.outputs.map((output) => output.name));
  const before = graph.nodes.length;
  graph.nodes = graph.sorted().filter((node) => {
    const [name = ''] = node.outputs;
    const tensor = constantOf(graph, node);
    if (!tensor || outputs.has(name)) return true;
    tensor.name = name;
    graph.initializers.set(name, tensor);
    graph.values.delete(name);
    return false;
  });
  return before - graph.nodes.length;
}

function constantOf(graph: Graph, node: Graph['nodes'][number]): Tensor | undefined {
  if (node.op === 'Identity') {
    const tensor = graph.initializers.get(node.inputs[0] ?? '');
    return tensor?.copy();
  }
  if (node.op !== 'Constant') return undefined;
  if (node.has('value')) return node.tensor('value').copy();
  if (node.has('value_int')) return Tensor.from('int64', [], [node.int('value_int')]);
  if (node.has('value_float')) return Tensor.from('float32', [], [node.float('value_float')]);
  if (node.has('value_ints')) {
    const values = node.ints('value_ints');
    return Tensor.from('int64', [values.length], values);
  }
  if (!node.has('value_floats')) return undefined;
  const values = node.floats('value_floats');
  return Tensor.from('float32', [values.length], values);
}
