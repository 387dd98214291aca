import type { GraphProto, ModelProto, NodeProto, TensorProto } from './generated/onnx_pb.js';
import { Tensor } from './tensor.js';

/** Every tensor of a model: initialisers and attributes, in subgraphs and functions, too. */
export function* tensorsOf(model: ModelProto): Generator<Tensor> {
  const protos = [
    ...(model.graph ? inGraph(model.graph) : []),
    ...model.functions.flatMap((fn) => [...inNodes(fn.node)]),
  ];
  for (const proto of protos) yield new Tensor(proto);
}

function* inGraph(graph: GraphProto): Generator<TensorProto> {
  yield* graph.initializer;
  for (const { values, indices } of graph.sparseInitializer) {
    if (values) yield values;
    if (indices) yield indices;
  }
  yield* inNodes(graph.node);
}

function* inNodes(nodes: readonly NodeProto[]): Generator<TensorProto> {
  for (const { attribute } of nodes) {
    for (const { t, tensors, g, graphs } of attribute) {
      if (t) yield t;
      yield* tensors;
      for (const graph of g ? [g, ...graphs] : graphs) yield* inGraph(graph);
    }
  }
}
