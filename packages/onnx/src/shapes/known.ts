import type { DataType } from '../data_type.js';
import { OnnxError } from '../errors.js';
import type { Node } from '../node.js';
import type { Tensor } from '../tensor.js';

/** What is known of a tensor for given input shapes. */
export interface Known {
  shape: readonly number[];
  type?: DataType | undefined;
  /** The values themselves, of small tensors that follow from shapes and constants: targets of Reshape for example. */
  values?: readonly number[] | undefined;
}

/** A node with what is known of its inputs. */
export interface Site {
  node: Node;
  /** One per input; `undefined` where one is left out or not known. */
  inputs: readonly (Known | undefined)[];
  opset: number;
}

/** Derives what is known of the outputs; `undefined` where a needed input is not known. */
export type Rule = (site: Site) => readonly (Known | undefined)[] | undefined;

/** Tensors that say shapes are small; values of others are not followed. */
export const MOST_VALUES = 64;

/** What is known of a constant. */
export function knownConstant(tensor: Tensor): Known {
  const { type, size, dims: shape } = tensor;
  if (!type || size > MOST_VALUES || tensor.external) return { shape, type };
  const data = tensor.data();
  // The largest integers only say "to the end": rounding does no harm.
  const large = data instanceof BigInt64Array || data instanceof BigUint64Array;
  return { shape, type, values: large ? Array.from(data as BigInt64Array, Number) : tensor.numbers() };
}

/** A small list of whole numbers. */
export function knownInts(values: readonly number[], shape: readonly number[] = [values.length]): Known {
  return { shape, type: 'int64', values: values.length <= MOST_VALUES ? values : undefined };
}

/** Number of elements. */
export function count(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** An axis counted from the front. */
export function axisOf({ node }: Site, axis: number, rank: number): number {
  const front = axis < 0 ? axis + rank : axis;
  if (Number.isInteger(front) && front >= 0 && front < rank) return front;
  throw misfit(node, `its axis is ${axis}, but the input has ${rank} axes`);
}

/** The error for shapes that do not fit. */
export function misfit(node: Node, why: string): OnnxError {
  return new OnnxError(
    'E_ONNX_SHAPE',
    `The ${node.op} that makes '${node.outputs[0] ?? ''}' does not fit: ${why}.`,
  );
}

/** A list that is an attribute in old operator sets and an input in later ones. */
export function listOf({ node, inputs }: Site, name: string, input: number): readonly number[] | undefined {
  return node.has(name) ? node.ints(name) : inputs[input]?.values;
}
