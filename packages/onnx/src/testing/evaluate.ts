import type { EmittedNode, Tape, Value } from '../autodiff/tape.js';
import { OPERATORS, type Tensor64 } from './operators64.js';

/**
 * Evaluates a tape in double precision, straight from the definitions of the operators: the reference that
 * onnxruntime, which computes convolutions in single precision only, cannot be.
 */
export function evaluate(
  tape: Tape,
  feeds: Record<string, ArrayLike<number>>,
  wanted: readonly Value[],
): Float64Array[] {
  const known = new Map<string, Tensor64>();
  for (const { name, shape } of tape.inputs)
    known.set(name, { data: Float64Array.from(feeds[name]!), shape });
  for (const [name, { data, shape }] of tape.constants)
    known.set(name, { data: Float64Array.from(data, Number), shape });
  for (const node of needed(tape.nodes, new Set(wanted.map(({ name }) => name)))) {
    const inputs = node.inputs.map((name) => known.get(name)!);
    const results = OPERATORS[node.op]!(inputs, node.attributes);
    results.forEach((result, i) => void known.set(node.outputs[i]!, result));
  }
  return wanted.map(({ name }) => known.get(name)!.data);
}

/** The nodes on the way to some values, in order. */
function needed(nodes: readonly EmittedNode[], names: Set<string>): EmittedNode[] {
  const kept = nodes.toReversed().filter((node) => {
    const counts = node.outputs.some((name) => names.has(name));
    if (counts) for (const name of node.inputs) names.add(name);
    return counts;
  });
  return kept.reverse();
}
