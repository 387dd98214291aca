import { create } from '@bufbuild/protobuf';
import { type AttributeValue, attributeProto } from './attribute.js';
import { OnnxError } from './errors.js';
import {
  type AttributeProto,
  AttributeProto_AttributeType as AttributeType,
  type NodeProto,
  NodeProtoSchema,
} from './generated/onnx_pb.js';
import { Graph } from './graph.js';
import { Tensor } from './tensor.js';

/** What a new node is made of. */
export interface NodeOptions {
  op: string;
  /** Names of the input tensors; an empty name leaves out an optional one. */
  inputs: readonly string[];
  outputs: readonly string[];
  attributes?: Readonly<Record<string, AttributeValue | undefined>>;
  name?: string;
  /** Operator set, empty for the standard one. */
  domain?: string;
}

const UTF8 = new TextDecoder();

/**
 * One operator of a graph. Inputs, outputs and attributes can be changed in place.
 *
 * @example
 * const node = new Node({ op: 'Relu', inputs: ['x'], outputs: ['y'] });
 * node.inputs[0] = 'z';
 */
export class Node {
  /** The message in the file. */
  readonly proto: NodeProto;

  constructor(source: NodeProto | NodeOptions) {
    if ('$typeName' in source) {
      this.proto = source;
      return;
    }
    const { op, inputs, outputs, attributes = {}, name = '', domain = '' } = source;
    this.proto = create(NodeProtoSchema, { opType: op, input: [...inputs], output: [...outputs] });
    if (name) this.proto.name = name;
    if (domain) this.proto.domain = domain;
    for (const [key, value] of Object.entries(attributes)) if (value !== undefined) this.set(key, value);
  }

  /** Operator, `Conv` for example. */
  get op(): string {
    return this.proto.opType;
  }

  /** Operator set; empty for the standard one (`ai.onnx` is another spelling of it). */
  get domain(): string {
    return this.proto.domain === 'ai.onnx' ? '' : this.proto.domain;
  }

  get name(): string {
    return this.proto.name;
  }

  set name(name: string) {
    this.proto.name = name;
  }

  /** Names of its inputs; an empty one is an optional input that is left out. May be changed in place. */
  get inputs(): string[] {
    return this.proto.input;
  }

  /** Names of its outputs; an empty one is not made. May be changed in place. */
  get outputs(): string[] {
    return this.proto.output;
  }

  /** Names of the attributes that are set. */
  get attributeNames(): string[] {
    return this.proto.attribute.map((attribute) => attribute.name);
  }

  /** True where the attribute is set. */
  has(name: string): boolean {
    return this.#find(name) !== undefined;
  }

  /** Sets an attribute, whether or not it was there. */
  set(name: string, value: AttributeValue): this {
    const proto = attributeProto(name, value);
    const at = this.proto.attribute.findIndex((attribute) => attribute.name === name);
    if (at < 0) this.proto.attribute.push(proto);
    else this.proto.attribute[at] = proto;
    return this;
  }

  /** Removes an attribute, so that the operator's default holds. */
  unset(name: string): this {
    this.proto.attribute = this.proto.attribute.filter((attribute) => attribute.name !== name);
    return this;
  }

  /** A whole number. Without a fallback it must be there. @throws OnnxError E_ONNX_ATTRIBUTE */
  int(name: string, fallback?: number): number {
    return this.#read(name, AttributeType.INT, (a) => Number(a.i), fallback);
  }

  /** A number. @throws OnnxError E_ONNX_ATTRIBUTE */
  float(name: string, fallback?: number): number {
    return this.#read(name, AttributeType.FLOAT, (a) => a.f, fallback);
  }

  /** Text. @throws OnnxError E_ONNX_ATTRIBUTE */
  string(name: string, fallback?: string): string {
    return this.#read(name, AttributeType.STRING, (a) => UTF8.decode(a.s), fallback);
  }

  /** Whole numbers. @throws OnnxError E_ONNX_ATTRIBUTE */
  ints(name: string, fallback?: readonly number[]): readonly number[] {
    return this.#read<readonly number[]>(name, AttributeType.INTS, (a) => a.ints.map(Number), fallback);
  }

  /** Numbers. @throws OnnxError E_ONNX_ATTRIBUTE */
  floats(name: string, fallback?: readonly number[]): readonly number[] {
    return this.#read<readonly number[]>(name, AttributeType.FLOATS, (a) => a.floats, fallback);
  }

  /** Texts. @throws OnnxError E_ONNX_ATTRIBUTE */
  strings(name: string, fallback?: readonly string[]): readonly string[] {
    return this.#read<readonly string[]>(
      name,
      AttributeType.STRINGS,
      (a) => a.strings.map((s) => UTF8.decode(s)),
      fallback,
    );
  }

  /** A constant. @throws OnnxError E_ONNX_ATTRIBUTE */
  tensor(name: string): Tensor {
    return this.#read(name, AttributeType.TENSOR, (a) => new Tensor(a.t!));
  }

  /** Every graph that the node carries: the bodies of If, Loop and Scan. Copies that share the messages. */
  get subgraphs(): Graph[] {
    return this.proto.attribute.flatMap((a) => [...(a.g ? [a.g] : []), ...a.graphs]).map((g) => new Graph(g));
  }

  #find(name: string): AttributeProto | undefined {
    return this.proto.attribute.find((attribute) => attribute.name === name);
  }

  #read<T>(name: string, type: AttributeType, get: (attribute: AttributeProto) => T, fallback?: T): T {
    const attribute = this.#find(name);
    if (!attribute && fallback !== undefined) return fallback;
    const complete = attribute?.type === type && (type !== AttributeType.TENSOR || attribute.t);
    if (complete) return get(attribute);
    const found = attribute ? `of kind ${AttributeType[attribute.type]}` : 'missing';
    throw new OnnxError(
      'E_ONNX_ATTRIBUTE',
      `The attribute '${name}' of the ${this.op} that makes '${this.outputs[0] ?? ''}' is ${found}; expected ${AttributeType[type]}.`,
    );
  }
}
