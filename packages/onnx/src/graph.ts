import { create } from '@bufbuild/protobuf';
import type { AttributeValue } from './attribute.js';
import type { DataType } from './data_type.js';
import { OnnxError } from './errors.js';
import { type GraphProto, GraphProtoSchema } from './generated/onnx_pb.js';
import { Names } from './names.js';
import { Node, type NodeOptions } from './node.js';
import { capturedNames, sortNodes } from './order.js';
import { Tensor } from './tensor.js';
import { type Dim, Value } from './value.js';

/** How {@link Graph.add} is told more than operator and inputs. */
export interface AddOptions {
  /** Names of the outputs, or how many fresh ones; default 1. */
  outputs?: readonly string[] | number;
  /** What fresh names begin with; default the operator in lower case. */
  hint?: string;
  domain?: string;
}

/**
 * Nodes, constants, inputs and outputs. Everything may be changed in place; {@link toProto} writes it back.
 *
 * @example
 * const graph = new Graph();
 * graph.input('x', 'float32', ['n', 3, 'h', 'w']);
 * const weight = graph.constant('float32', [8, 3, 3, 3], new Float32Array(216), 'weight');
 * const y = graph.add('Relu', [graph.add('Conv', ['x', weight], { pads: [1, 1, 1, 1] })]);
 * graph.output(y, 'float32', ['n', 8, 'h', 'w']);
 */
export class Graph {
  /** The message in the file; its lists are brought up to date by {@link toProto}. */
  readonly proto: GraphProto;
  /** Operators, in an order in which they can run. */
  nodes: Node[];
  /** Constants by name. */
  readonly initializers: Map<string, Tensor>;
  /** Declared inputs. Files before IR version 4 list the initialisers among them: see {@link dataInputs}. */
  inputs: Value[];
  /** Declared outputs. */
  outputs: Value[];
  /** What is declared of tensors inside the graph. */
  readonly values: Map<string, Value>;
  readonly #names: Names;

  /** @throws OnnxError E_ONNX_GRAPH when two initialisers have one name */
  constructor(proto: GraphProto = create(GraphProtoSchema)) {
    this.proto = proto;
    this.nodes = proto.node.map((node) => new Node(node));
    this.initializers = new Map(proto.initializer.map((tensor) => [tensor.name, new Tensor(tensor)]));
    this.inputs = proto.input.map((value) => new Value(value));
    this.outputs = proto.output.map((value) => new Value(value));
    this.values = new Map(proto.valueInfo.map((value) => [value.name, new Value(value)]));
    this.#names = new Names(() => usedNames(this));
    if (this.initializers.size < proto.initializer.length) {
      throw new OnnxError('E_ONNX_GRAPH', `Two initialisers of the graph '${proto.name}' have one name.`);
    }
  }

  get name(): string {
    return this.proto.name;
  }

  set name(name: string) {
    this.proto.name = name;
  }

  /** Inputs that must be fed: those that no initialiser gives a value. */
  get dataInputs(): Value[] {
    return this.inputs.filter((input) => !this.initializers.has(input.name));
  }

  /** A name that nothing in the graph has: the hint itself, or the hint with a number. */
  fresh(hint: string): string {
    return this.#names.fresh(hint);
  }

  /** Declares an input; returns its name. */
  input(name: string, type: DataType, shape?: readonly Dim[]): string {
    this.#names.take(name);
    this.inputs.push(Value.tensor(name, type, shape));
    return name;
  }

  /** Declares a tensor that the graph makes as an output; returns its name. */
  output(name: string, type: DataType, shape?: readonly Dim[]): string {
    this.outputs.push(Value.tensor(name, type, shape));
    return name;
  }

  /** Adds a constant under a fresh name; returns the name. @throws OnnxError E_ONNX_TENSOR as {@link Tensor.from} */
  constant(
    type: DataType,
    dims: readonly number[],
    values: ArrayLike<number> | ArrayLike<bigint>,
    hint = 'constant',
  ): string {
    const tensor = Tensor.from(type, dims, values, this.fresh(hint));
    this.initializers.set(tensor.name, tensor);
    return tensor.name;
  }

  /**
   * Adds an operator with one output, or the first of several; returns the output's name.
   *
   * @example
   * const pooled = graph.add('GlobalAveragePool', [x]);
   * const y = graph.add('Resize', [x, '', scales], { mode: 'linear' }, { outputs: ['y'] });
   */
  add(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, AttributeValue | undefined>> = {},
    options: AddOptions = {},
  ): string {
    return this.addNode(op, inputs, attributes, options).outputs[0]!;
  }

  /** Adds an operator at the end; returns the node, for those with several outputs. */
  addNode(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, AttributeValue | undefined>> = {},
    { outputs = 1, hint = op.toLowerCase(), domain = '' }: AddOptions = {},
  ): Node {
    const names =
      typeof outputs === 'number' ? Array.from({ length: outputs }, () => this.fresh(hint)) : outputs;
    if (typeof outputs !== 'number') for (const name of outputs) this.#names.take(name);
    return this.push({ op, inputs, outputs: names, attributes, domain, name: names[0] ?? '' });
  }

  /** Adds a node as it is described; names are the caller's. */
  push(options: NodeOptions): Node {
    const node = new Node(options);
    this.nodes.push(node);
    return node;
  }

  /** Which node makes a tensor. Computed anew at each call. @throws OnnxError E_ONNX_GRAPH when two make one */
  producers(): Map<string, Node> {
    const producers = new Map<string, Node>();
    for (const node of this.nodes) {
      for (const output of node.outputs) {
        if (output === '') continue;
        if (producers.has(output))
          throw new OnnxError('E_ONNX_GRAPH', `Two nodes make the tensor '${output}'.`);
        producers.set(output, node);
      }
    }
    return producers;
  }

  /** Which nodes read a tensor, themselves or in a subgraph. Computed anew at each call. */
  consumers(): Map<string, Node[]> {
    const consumers = new Map<string, Node[]>();
    for (const node of this.nodes) {
      for (const name of new Set([...node.inputs, ...capturedNames(node)])) {
        if (name === '') continue;
        const list = consumers.get(name);
        if (list) list.push(node);
        else consumers.set(name, [node]);
      }
    }
    return consumers;
  }

  /**
   * The nodes in an order in which they can run; the present one where it is such an order.
   *
   * @throws OnnxError E_ONNX_GRAPH for a cycle, a tensor made twice, or a tensor that nothing makes
   */
  sorted(): Node[] {
    return sortNodes(this);
  }

  /** Gives a tensor another name everywhere in this graph, not inside subgraphs. @throws OnnxError E_ONNX_GRAPH */
  rename(from: string, to: string): void {
    if (from === to) return;
    if (usedNames(this).has(to)) throw new OnnxError('E_ONNX_GRAPH', `The name '${to}' is taken.`);
    const swap = (names: string[]) => {
      for (const [i, name] of names.entries()) if (name === from) names[i] = to;
    };
    for (const node of this.nodes) {
      if (capturedNames(node).has(from)) {
        throw new OnnxError(
          'E_ONNX_GRAPH',
          `The tensor '${from}' is read inside a subgraph of a ${node.op}.`,
        );
      }
      swap(node.inputs);
      swap(node.outputs);
    }
    for (const value of [...this.inputs, ...this.outputs]) if (value.name === from) value.name = to;
    for (const map of [this.initializers, this.values] as Map<string, Tensor | Value>[]) {
      const entry = map.get(from);
      if (!entry) continue;
      map.delete(from);
      entry.name = to;
      map.set(to, entry);
    }
    this.#names.take(to);
  }

  /** The message, with what was changed. */
  toProto(): GraphProto {
    const { proto } = this;
    proto.node = this.nodes.map((node) => node.proto);
    proto.initializer = Array.from(this.initializers.values(), (tensor) => tensor.proto);
    proto.input = this.inputs.map((value) => value.proto);
    proto.output = this.outputs.map((value) => value.proto);
    proto.valueInfo = Array.from(this.values.values(), (value) => value.proto);
    return proto;
  }
}

/** Every name of a tensor in a graph, and those that its subgraphs read. */
function usedNames(graph: Graph): Set<string> {
  const names = new Set<string>([...graph.initializers.keys(), ...graph.values.keys()]);
  for (const value of [...graph.inputs, ...graph.outputs]) names.add(value.name);
  for (const sparse of graph.proto.sparseInitializer) names.add(sparse.values?.name ?? '');
  for (const node of graph.nodes) {
    for (const name of [...node.inputs, ...node.outputs, ...capturedNames(node)]) names.add(name);
  }
  return names;
}
