import { OnnxError } from '../errors.js';
import type { Graph } from '../graph.js';
import type { Node } from '../node.js';
import { capturedNames } from '../order.js';

/** A tensor that every way from the input to the output passes, and the operators since the one before. */
export interface TrunkTensor {
  tensor: string;
  /** What makes it out of the one before, the last node making it. */
  nodes: readonly Node[];
}

/** Operators that look at a shape, not at the values. */
const SHAPE_ONLY = new Set(['Shape', 'Size']);

/**
 * The trunk of a network: the tensors that every way from its input to its output passes, in order. Branches of a
 * residual block are not in it, the sum behind them is.
 *
 * In a topological order of the operators that lie on some way, a tensor is passed by all exactly if, after it is made,
 * it is the only one that is still to be read.
 *
 * @param output - where the ways end; the output that most operators work for, unless given
 * @throws OnnxError E_ONNX_GRAPH
 */
export function trunkOf(graph: Graph, output = mainOutput(graph)): TrunkTensor[] {
  const onTheWay = waysTo(graph, output);
  const uses = new Map<string, number>();
  for (const { reads } of onTheWay) for (const name of reads) uses.set(name, (uses.get(name) ?? 0) + 1);
  uses.set(output, (uses.get(output) ?? 0) + 1);
  const live = new Set<string>(graph.dataInputs.map((input) => input.name).filter((name) => uses.has(name)));
  const trunk: TrunkTensor[] = [];
  let nodes: Node[] = [];
  for (const { node, reads } of onTheWay) {
    nodes.push(node);
    for (const name of reads) {
      uses.set(name, uses.get(name)! - 1);
      if (uses.get(name) === 0) live.delete(name);
    }
    for (const name of node.outputs) if (uses.get(name)) live.add(name);
    if (live.size !== 1) continue;
    trunk.push({ tensor: [...live][0]!, nodes });
    nodes = [];
  }
  return trunk;
}

/** Operators on a way from the input's values to the output, in an order in which they can run. */
function waysTo(graph: Graph, output: string): { node: Node; reads: string[] }[] {
  const ofData = new Set(graph.dataInputs.map((input) => input.name));
  const forward: { node: Node; reads: string[] }[] = [];
  for (const node of graph.sorted()) {
    if (SHAPE_ONLY.has(node.op)) continue;
    const reads = [...new Set([...node.inputs, ...capturedNames(node)])].filter((name) => ofData.has(name));
    if (reads.length === 0) continue;
    forward.push({ node, reads });
    for (const name of node.outputs) if (name !== '') ofData.add(name);
  }
  const wanted = new Set([output]);
  const ways = forward.toReversed().filter(({ node, reads }) => {
    if (!node.outputs.some((name) => wanted.has(name))) return false;
    for (const name of reads) wanted.add(name);
    return true;
  });
  return ways.reverse();
}

/** The output that most operators work for: behind the others, where there are several. */
export function mainOutput(graph: Graph): string {
  const ranked = graph.outputs.map(({ name }) => ({ name, work: waysTo(graph, name).length }));
  const best = ranked.reduce((a, b) => (b.work > a.work ? b : a), { name: '', work: 0 });
  if (best.work > 0) return best.name;
  throw new OnnxError('E_ONNX_GRAPH', 'No output of the graph depends on its input.');
}
