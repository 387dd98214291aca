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

/**
 * A tensor that a model must hold.
 *
 * @param dimensions - how many axes it must have
 * @throws AdError E_ARTEFACT
 */
export function floatsOf(tensors: Record<string, Tensor>, name: string, dimensions: number) {
  return arrayOf(Float32Array, tensors, name, dimensions);
}

/** The same in double precision. */
export function doublesOf(tensors: Record<string, Tensor>, name: string, dimensions: number) {
  return arrayOf(Float64Array, tensors, name, dimensions);
}

function arrayOf<Data extends Float32Array | Float64Array>(
  type: new () => Data,
  tensors: Record<string, Tensor>,
  name: string,
  dimensions: number,
): Tensor & { data: Data } {
  const tensor = tensors[name];
  if (tensor?.data instanceof type && tensor.shape.length === dimensions)
    return { ...tensor, data: tensor.data };
  const bits = type === (Float32Array as unknown) ? 32 : 64;
  throw damaged(`there is no float${bits} tensor '${name}' of ${dimensions} dimensions`);
}

/** The same, as a matrix. */
export function matrixOf(tensors: Record<string, Tensor>, name: string): Matrix {
  const { data, shape } = floatsOf(tensors, name, 2);
  return { data, rows: shape[0]!, cols: shape[1]! };
}

/** A matrix as a tensor. */
export function tensorOf({ data, rows, cols }: Matrix): Tensor {
  return { data, shape: [rows, cols] };
}

/** What was learned does not fit together. */
export function damaged(what: string): AdError {
  return new AdError('E_ARTEFACT', `The model cannot be used: ${what}.`, 'Fit the model again.');
}
