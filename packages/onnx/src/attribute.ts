import { create } from '@bufbuild/protobuf';
import {
  type AttributeProto,
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
} from './generated/onnx_pb.js';
import { Graph } from './graph.js';
import { Tensor } from './tensor.js';

/** A number that is written as a float attribute, even where it is whole. */
export class FloatAttribute {
  constructor(readonly value: number | readonly number[]) {}
}

/**
 * Marks a number, or a list, as a float attribute. Plain whole numbers are written as integers.
 *
 * @example
 * graph.add('LeakyRelu', [x], { alpha: float(1) });
 */
export function float(value: number | readonly number[]): FloatAttribute {
  return new FloatAttribute(value);
}

/**
 * What an attribute can be set to: whole numbers are integers; fractions and {@link float} are floats; text; tensors;
 * graphs (the bodies of If, Loop, Scan); lists of numbers or of text.
 */
export type AttributeValue =
  | number
  | bigint
  | string
  | FloatAttribute
  | Tensor
  | Graph
  | readonly number[]
  | readonly string[];

const UTF8 = new TextEncoder();

/** The message for an attribute. */
export function attributeProto(name: string, value: AttributeValue): AttributeProto {
  return create(AttributeProtoSchema, { name, ...fieldsOf(value) });
}

function fieldsOf(value: AttributeValue) {
  if (value instanceof FloatAttribute) return floatFields(value.value);
  if (value instanceof Tensor) return { type: AttributeType.TENSOR, t: value.proto };
  if (value instanceof Graph) return { type: AttributeType.GRAPH, g: value.toProto() };
  if (typeof value === 'string') return { type: AttributeType.STRING, s: UTF8.encode(value) };
  if (typeof value === 'bigint') return { type: AttributeType.INT, i: value };
  if (typeof value === 'number') {
    return Number.isInteger(value) ? { type: AttributeType.INT, i: BigInt(value) } : floatFields(value);
  }
  if (isTexts(value)) return { type: AttributeType.STRINGS, strings: value.map((text) => UTF8.encode(text)) };
  if (value.every(Number.isInteger)) return { type: AttributeType.INTS, ints: value.map(BigInt) };
  return floatFields(value);
}

function floatFields(value: number | readonly number[]) {
  return typeof value === 'number'
    ? { type: AttributeType.FLOAT, f: value }
    : { type: AttributeType.FLOATS, floats: [...value] };
}

function isTexts(list: readonly number[] | readonly string[]): list is readonly string[] {
  return list.length > 0 && list.every((item) => typeof item === 'string');
}
