import { AdError } from '@ad/core-native';
import { capturedNames, type Graph, Model, type Node, Tensor } from '@ad/onnx';

/** Operators mean the same from here on, but for what {@link modernise} changes. */
const OLDEST_OPSET = 13;

/**
 * Copies a model's nodes and constants into a graph, under names of their own.
 *
 * @param prefix - of every name but those that are given
 * @param given - what tensors of the model are called in the graph
 * @returns what a tensor of the model is called in the graph
 * @throws AdError E_BACKBONE for a model whose operators are too old, or that branches
 */
export function join(
  target: Graph,
  bytes: Uint8Array,
  prefix: string,
  given: Record<string, string>,
): (name: string) => string {
  const model = Model.read(bytes);
  const { graph } = model;
  const opset = model.opset() ?? 0;
  if (opset < OLDEST_OPSET) {
    throw refused(`is written in the operator set ${opset}; expected ${OLDEST_OPSET} or later`);
  }
  const renamed = (name: string) => (name === '' ? '' : (given[name] ?? prefix + name));
  for (const [name, tensor] of graph.initializers) {
    tensor.name = renamed(name);
    target.initializers.set(tensor.name, tensor);
  }
  for (const node of graph.sorted()) {
    if (capturedNames(node).size > 0) throw refused(`has a branch or a loop (${node.op})`);
    for (const names of [node.inputs, node.outputs]) {
      for (const [i, name] of names.entries()) names[i] = renamed(name);
    }
    modernise(target, node);
    target.nodes.push(node);
  }
  return renamed;
}

/** What changed up to operator set 18: axes of reductions became an input, Split counts its outputs. */
function modernise(target: Graph, node: Node): void {
  if (node.op.startsWith('Reduce') && node.has('axes')) {
    const axes = node.ints('axes');
    const name = `${node.outputs[0]}/axes`;
    target.initializers.set(name, Tensor.from('int64', [axes.length], axes, name));
    node.inputs.push(name);
    node.unset('axes');
  }
  if (node.op === 'Split' && node.inputs.length < 2 && !node.has('num_outputs')) {
    node.set('num_outputs', node.outputs.length);
  }
}

function refused(what: string): AdError {
  return new AdError(
    'E_BACKBONE',
    `The backbone ${what}, so it cannot be joined with another network.`,
    'Export the backbone again, for a newer operator set and with fixed control flow.',
  );
}
