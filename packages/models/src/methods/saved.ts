import { AdError, type Matrix } from '@ad/core-native';
import type { z } from 'zod';
import type { Tensor } from '../artefact/index.js';

/**
 * What a method learned beside its tensors, as an artefact holds it.
 *
 * @throws AdError E_ARTEFACT where it is something else
 */
export function stateOf<State>(schema: z.ZodType<State>, state: unknown): State {
  const parsed = schema.safeParse(state);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw damaged(`'method.state.${issue.path.join('.')}' is not what was saved: ${issue.message}`);
}

/** Sizes that a tensor must have; null where any will do. */
type Shape = readonly (number | null)[];

/**
 * A tensor that a model must hold.
 *
 * @throws AdError E_ARTEFACT where there is none of this type and shape
 */
export function floatsOf(tensors: Record<string, Tensor>, name: string, shape: Shape) {
  return arrayOf(Float32Array, tensors, name, shape);
}

/** The same in double precision. */
export function doublesOf(tensors: Record<string, Tensor>, name: string, shape: Shape) {
  return arrayOf(Float64Array, tensors, name, shape);
}

function arrayOf<Data extends Float32Array | Float64Array>(
  type: new () => Data,
  tensors: Record<string, Tensor>,
  name: string,
  shape: Shape,
): Tensor & { data: Data } {
  const tensor = tensors[name];
  const fits =
    tensor?.shape.length === shape.length &&
    shape.every((size, axis) => size === null || size === tensor.shape[axis]);
  if (fits && tensor.data instanceof type) return { ...tensor, data: tensor.data };
  const bits = type === (Float32Array as unknown) ? 32 : 64;
  throw damaged(
    `there is no float${bits} tensor '${name}' of the shape [${shape.map((size) => size ?? 'any')}]`,
  );
}

/** The same, as a matrix. */
export function matrixOf(tensors: Record<string, Tensor>, name: string, [rows, cols]: MatrixShape): Matrix {
  const { data, shape } = floatsOf(tensors, name, [rows, cols]);
  return { data, rows: shape[0]!, cols: shape[1]! };
}

type MatrixShape = readonly [number | null, number | null];

/** A matrix as a tensor. */
export function tensorOf({ data, rows, cols }: Matrix): Tensor {
  return { data, shape: [rows, cols] };
}

/** What was learned does not fit together. */
export function damaged(what: string): AdError {
  return new AdError('E_ARTEFACT', `The model cannot be used: ${what}.`, 'Fit the model again.');
}
