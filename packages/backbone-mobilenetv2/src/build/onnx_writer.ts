import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/** One operator of an ONNX graph; attributes are strings, whole numbers or lists of these. */
export interface OnnxNode {
  op: string;
  inputs: string[];
  output: string;
  attributes?: Record<string, string | number | number[]>;
}

/** A constant in single precision. */
export interface OnnxConstant {
  name: string;
  shape: number[];
  values: Float32Array;
}

/** A float tensor that enters or leaves the graph; an axis given by name is free. */
export interface OnnxValue {
  name: string;
  shape: (number | string)[];
}

/** What {@link writeOnnx} needs to know of a graph; nodes come in topological order. */
export interface OnnxGraph {
  name: string;
  producer: string;
  opset: number;
  inputs: OnnxValue[];
  outputs: OnnxValue[];
  constants: OnnxConstant[];
  nodes: OnnxNode[];
}

/** Version 8 of the file format, the one that came with opset 17. */
const IR_VERSION = 8;
const ELEMENT_FLOAT = 1;
const ATTRIBUTE = { int: 2, string: 3, ints: 7 } as const;

type Write = (writer: BinaryWriter) => void;

/** The bytes of an ONNX model; field numbers are those of onnx/onnx.proto. The same graph gives the same bytes. */
export function writeOnnx(graph: OnnxGraph): Uint8Array {
  const writer = new BinaryWriter();
  integer(writer, 1, IR_VERSION);
  text(writer, 2, graph.producer);
  message(writer, 7, (body) => writeGraph(body, graph));
  message(writer, 8, (opset) => {
    text(opset, 1, '');
    integer(opset, 2, graph.opset);
  });
  return writer.finish();
}

function writeGraph(writer: BinaryWriter, { name, nodes, constants, inputs, outputs }: OnnxGraph): void {
  for (const node of nodes) message(writer, 1, (body) => writeNode(body, node));
  text(writer, 2, name);
  for (const constant of constants) message(writer, 5, (body) => writeConstant(body, constant));
  for (const input of inputs) message(writer, 11, (body) => writeValue(body, input));
  for (const output of outputs) message(writer, 12, (body) => writeValue(body, output));
}

function writeNode(writer: BinaryWriter, { op, inputs, output, attributes = {} }: OnnxNode): void {
  for (const input of inputs) text(writer, 1, input);
  text(writer, 2, output);
  text(writer, 3, output);
  text(writer, 4, op);
  for (const [name, value] of Object.entries(attributes)) {
    message(writer, 5, (body) => writeAttribute(body, name, value));
  }
}

function writeAttribute(writer: BinaryWriter, name: string, value: string | number | number[]): void {
  text(writer, 1, name);
  if (typeof value === 'string') {
    text(writer, 4, value);
    integer(writer, 20, ATTRIBUTE.string);
  } else if (typeof value === 'number') {
    integer(writer, 3, value);
    integer(writer, 20, ATTRIBUTE.int);
  } else {
    for (const item of value) integer(writer, 8, item);
    integer(writer, 20, ATTRIBUTE.ints);
  }
}

function writeConstant(writer: BinaryWriter, { name, shape, values }: OnnxConstant): void {
  for (const extent of shape) integer(writer, 1, extent);
  integer(writer, 2, ELEMENT_FLOAT);
  text(writer, 8, name);
  writer.tag(9, WireType.LengthDelimited).bytes(littleEndian(values));
}

function writeValue(writer: BinaryWriter, { name, shape }: OnnxValue): void {
  text(writer, 1, name);
  message(writer, 2, (type) =>
    message(type, 1, (tensor) => {
      integer(tensor, 1, ELEMENT_FLOAT);
      message(tensor, 2, (axes) => {
        for (const axis of shape) {
          message(axes, 1, (dim) => (typeof axis === 'number' ? integer(dim, 1, axis) : text(dim, 2, axis)));
        }
      });
    }),
  );
}

function message(writer: BinaryWriter, field: number, write: Write): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  write(writer);
  writer.join();
}

function integer(writer: BinaryWriter, field: number, value: number): void {
  writer.tag(field, WireType.Varint).int64(value);
}

function text(writer: BinaryWriter, field: number, value: string): void {
  writer.tag(field, WireType.LengthDelimited).string(value);
}

function littleEndian(values: Float32Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * values.length));
  for (const [i, value] of values.entries()) view.setFloat32(4 * i, value, true);
  return new Uint8Array(view.buffer);
}
