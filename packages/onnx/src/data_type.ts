import { OnnxError } from './errors.js';

/** The typed arrays that hold elements; half precisions are 16-bit patterns, bool is one byte each. */
export type TensorData =
  | Float32Array
  | Float64Array
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

type ArrayType = {
  new (length: number): TensorData;
  new (buffer: ArrayBuffer, offset: number, length: number): TensorData;
  readonly BYTES_PER_ELEMENT: number;
};

/** Element types with a typed array of their own: number in the format, and the array. */
const TYPES = {
  float32: [1, Float32Array],
  uint8: [2, Uint8Array],
  int8: [3, Int8Array],
  uint16: [4, Uint16Array],
  int16: [5, Int16Array],
  int32: [6, Int32Array],
  int64: [7, BigInt64Array],
  bool: [9, Uint8Array],
  float16: [10, Uint16Array],
  float64: [11, Float64Array],
  uint32: [12, Uint32Array],
  uint64: [13, BigUint64Array],
  bfloat16: [16, Uint16Array],
} as const;

/** Element types that this package reads and writes as numbers. Others (strings, 4- and 8-bit floats) are kept, not read. */
export type DataType = keyof typeof TYPES;

const NAMES = new Map<number, DataType>(
  Object.entries(TYPES).map(([name, [number]]) => [number, name as DataType]),
);

/** The name of an element type by its number in the format, `undefined` for types that are not read as numbers. */
export function dataTypeName(number: number): DataType | undefined {
  return NAMES.get(number);
}

/** The number that the format has for an element type. */
export function dataTypeNumber(type: DataType): number {
  const entry = TYPES[type];
  if (entry) return entry[0];
  throw new OnnxError(
    'E_ONNX_TENSOR',
    `There is no element type '${type}'; expected one of ${Object.keys(TYPES).join(', ')}.`,
  );
}

/** The typed array that holds an element type. */
export function arrayTypeOf(type: DataType): ArrayType {
  return TYPES[type][1] as unknown as ArrayType;
}
