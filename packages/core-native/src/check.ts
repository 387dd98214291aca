import { AdError } from './errors.js';

/** A dense row-major matrix: `data[i * cols + j]`. */
export interface Matrix {
  data: Float32Array;
  rows: number;
  cols: number;
}

/** Refuses anything but a whole number in [low, high]. */
export function checkInteger(name: string, value: number, low: number, high = Number.MAX_SAFE_INTEGER): void {
  if (Number.isSafeInteger(value) && value >= low && value <= high) return;
  const range = high === Number.MAX_SAFE_INTEGER ? `of at least ${low}` : `from ${low} to ${high}`;
  throw new AdError('E_ARGUMENT', `${name} is ${value}; expected a whole number ${range}.`);
}

/** Refuses NaN and the infinities. */
export function checkFinite(name: string, value: number): void {
  if (Number.isFinite(value)) return;
  throw new AdError('E_ARGUMENT', `${name} is ${value}; expected a finite number.`);
}

/**
 * Refuses anything but a Float32Array of exactly `length` elements over memory that is this thread's alone: another
 * thread could change a SharedArrayBuffer while the native side reads it.
 */
export function checkFloats(name: string, data: Float32Array, length: number, shape: string): void {
  checkNumbers(name, data, Float32Array, length, shape);
}

/** The same for a Float64Array. */
export function checkDoubles(name: string, data: Float64Array, length: number, shape: string): void {
  checkNumbers(name, data, Float64Array, length, shape);
}

function checkNumbers<T extends Float32Array | Float64Array>(
  name: string,
  data: T,
  type: new () => T,
  length: number,
  shape: string,
): void {
  if (!(data instanceof type)) {
    throw new AdError('E_SHAPE', `${name} is ${describe(data)}; expected a ${type.name}.`);
  }
  if (data.buffer instanceof SharedArrayBuffer) {
    throw new AdError(
      'E_ARGUMENT',
      `${name} lies in a SharedArrayBuffer, which another thread could change during the call.`,
      `Pass a copy: ${name}.slice().`,
    );
  }
  if (data.length !== length) {
    throw new AdError('E_SHAPE', `${name} has ${data.length} elements; expected ${shape} = ${length}.`);
  }
}

/** Refuses a matrix whose data does not have rows x cols elements. */
export function checkMatrix(name: string, matrix: Matrix): void {
  checkInteger(`${name}.rows`, matrix.rows, 0);
  checkInteger(`${name}.cols`, matrix.cols, 0);
  checkFloats(`${name}.data`, matrix.data, matrix.rows * matrix.cols, `${matrix.rows} x ${matrix.cols}`);
}

/** Refuses a matrix without a single number, too. */
export function checkFilled(name: string, matrix: Matrix): void {
  checkMatrix(name, matrix);
  if (matrix.data.length > 0) return;
  throw new AdError(
    'E_ARGUMENT',
    `${name} is ${matrix.rows} x ${matrix.cols}; expected at least one number.`,
  );
}

function describe(value: unknown): string {
  if (value === null || typeof value !== 'object') return String(value);
  return `a ${value.constructor?.name ?? 'object'}`;
}
