import { OnnxError } from './errors.js';
import type { Graph } from './graph.js';
import type { Node } from './node.js';

/** Names that a node's subgraphs read from around them. */
export function capturedNames(node: Node): Set<string> {
  const captured = new Set<string>();
  for (const graph of node.subgraphs) {
    const own = new Set<string>([...graph.initializers.keys(), ...graph.inputs.map((input) => input.name)]);
    const read = (name: string) => {
      if (name !== '' && !own.has(name)) captured.add(name);
    };
    for (const inner of graph.nodes) {
      for (const name of inner.inputs) read(name);
      for (const name of capturedNames(inner)) read(name);
      for (const output of inner.outputs) own.add(output);
    }
    for (const output of graph.outputs) read(output.name);
  }
  return captured;
}

/** Names that are there before any node runs. */
export function givenNames(graph: Graph): Set<string> {
  return new Set([
    ...graph.inputs.map((input) => input.name),
    ...graph.initializers.keys(),
    ...graph.proto.sparseInitializer.map((sparse) => sparse.values?.name ?? ''),
  ]);
}

/** See Graph.sorted. */
export function sortNodes(graph: Graph): Node[] {
  const producers = graph.producers();
  const done = givenNames(graph);
  for (const name of done) {
    const twice = producers.get(name);
    if (twice)
      throw new OnnxError('E_ONNX_GRAPH', `The tensor '${name}' is given, and a ${twice.op} makes it, too.`);
  }
  const needs = new Map<Node, Set<Node>>();
  const readers = new Map<Node, Node[]>();
  for (const node of graph.nodes) {
    const before = new Set<Node>();
    for (const name of [...node.inputs, ...capturedNames(node)]) {
      if (name === '' || done.has(name)) continue;
      const producer = producers.get(name);
      if (!producer) {
        throw new OnnxError('E_ONNX_GRAPH', `Nothing makes the tensor '${name}' that a ${node.op} reads.`);
      }
      before.add(producer);
    }
    needs.set(node, before);
    for (const producer of before) {
      const list = readers.get(producer);
      if (list) list.push(node);
      else readers.set(producer, [node]);
    }
  }
  return inOrder(graph.nodes, needs) ? [...graph.nodes] : kahn(graph, needs, readers);
}

function inOrder(nodes: readonly Node[], needs: Map<Node, Set<Node>>): boolean {
  const seen = new Set<Node>();
  return nodes.every((node) => {
    for (const before of needs.get(node)!) if (!seen.has(before)) return false;
    seen.add(node);
    return true;
  });
}

function kahn(graph: Graph, needs: Map<Node, Set<Node>>, readers: Map<Node, Node[]>): Node[] {
  const sorted = graph.nodes.filter((node) => needs.get(node)!.size === 0);
  for (let i = 0; i < sorted.length; i++) {
    for (const reader of readers.get(sorted[i]!) ?? []) {
      const open = needs.get(reader)!;
      open.delete(sorted[i]!);
      if (open.size === 0) sorted.push(reader);
    }
  }
  if (sorted.length === graph.nodes.length) return sorted;
  const stuck = graph.nodes.find((node) => needs.get(node)!.size > 0)!;
  throw new OnnxError(
    'E_ONNX_GRAPH',
    `The graph has a cycle; the ${stuck.op} that makes '${stuck.outputs[0] ?? ''}' waits for itself.`,
  );
}
