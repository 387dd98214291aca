import { clone, create } from '@bufbuild/protobuf';
import { OnnxError } from '../errors.js';
import {
  type FunctionProto,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  ValueInfoProtoSchema,
} from '../generated/onnx_pb.js';
import type { Graph } from '../graph.js';
import { Model } from '../model.js';
import type { Node } from '../node.js';
import { capturedNames } from '../order.js';
import { Tensor } from '../tensor.js';
import { Value } from '../value.js';

/**
 * The part of a model that makes some tensors: nodes, constants, inputs and functions that they need, nothing else. What
 * remains is computed as before, bit for bit. The model itself is not changed; weights are shared, not copied.
 *
 * @param tensors - names of tensors that become the outputs, in this order; any tensor that a node makes
 * @throws OnnxError E_ONNX_LAYER for a name that nothing makes, E_ONNX_GRAPH
 *
 * @example
 * const trunk = cutModel(model, ['/layer3/layer3.5/relu_2/Relu_output_0']);
 */
export function cutModel(model: Model, tensors: readonly string[]): Model {
  const { graph } = model;
  const producers = graph.producers();
  for (const name of tensors) {
    if (producers.has(name)) continue;
    throw new OnnxError('E_ONNX_LAYER', `No operator of the graph makes a tensor '${name}'.`);
  }
  const { nodes, names } = needed(producers, tensors);
  const { node: _, initializer, input, output, valueInfo, sparseInitializer, ...rest } = graph.toProto();
  const declared = new Map([...output, ...valueInfo].map((value) => [value.name, value]));
  const made = new Set([...nodes].flatMap((node) => node.outputs));
  const proto = create(ModelProtoSchema);
  Object.assign(proto, model.proto);
  proto.functions = usedFunctions(model.proto.functions, nodes);
  proto.graph = create(GraphProtoSchema);
  Object.assign(proto.graph, rest, {
    node: graph.sorted().flatMap((node) => (nodes.has(node) ? [clone(NodeProtoSchema, node.proto)] : [])),
    initializer: initializer
      .filter(({ name }) => names.has(name))
      .map((tensor) => new Tensor(tensor).copy().proto),
    input: input.filter(({ name }) => names.has(name)).map((value) => clone(ValueInfoProtoSchema, value)),
    output: tensors.map((name) => outputValue(declared.get(name), graph, name)),
    valueInfo: valueInfo
      .filter(({ name }) => made.has(name) && !tensors.includes(name))
      .map((value) => clone(ValueInfoProtoSchema, value)),
    sparseInitializer: sparseInitializer.filter(({ values }) => names.has(values?.name ?? '')),
  });
  return Model.from(proto);
}

function outputValue(found: Value['proto'] | undefined, graph: Graph, name: string) {
  if (found) return clone(ValueInfoProtoSchema, found);
  // The format wants a type; networks compute in the type of their input.
  return Value.tensor(name, graph.dataInputs[0]?.type ?? 'float32').proto;
}

/** The nodes that some tensors need, and every name that these read. */
function needed(producers: Map<string, Node>, tensors: readonly string[]) {
  const names = new Set<string>();
  const found = new Set<Node>();
  const open = [...tensors];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (names.has(name)) continue;
    names.add(name);
    const node = producers.get(name);
    if (!node || found.has(node)) continue;
    found.add(node);
    open.push(...node.inputs, ...capturedNames(node));
  }
  return { nodes: found, names };
}

/** Functions that the nodes call, and those that these call. */
function usedFunctions(functions: readonly FunctionProto[], nodes: Iterable<Node>): FunctionProto[] {
  const key = (domain: string, name: string) => `${domain}\n${name}`;
  const used = new Set<FunctionProto>();
  const open = Array.from(nodes, (node) => key(node.proto.domain, node.op));
  for (let call = open.pop(); call !== undefined; call = open.pop()) {
    for (const fn of functions) {
      if (used.has(fn) || key(fn.domain, fn.name) !== call) continue;
      used.add(fn);
      open.push(...fn.node.map((node) => key(node.domain, node.opType)));
    }
  }
  return functions.filter((fn) => used.has(fn));
}
