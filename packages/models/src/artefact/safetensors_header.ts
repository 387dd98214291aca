import { AdError } from '@ad/core-native';

/** Typed arrays that the format can carry here, by the format's dtype names. */
export const DTYPES = {
  F64: Float64Array,
  F32: Float32Array,
  I32: Int32Array,
  U32: Uint32Array,
  I8: Int8Array,
  U8: Uint8Array,
} as const;

export type Dtype = keyof typeof DTYPES;
export type TensorData = Float64Array | Float32Array | Int32Array | Uint32Array | Int8Array | Uint8Array;

/** A dense row-major tensor. */
export interface Tensor {
  data: TensorData;
  shape: number[];
}

/** Where one tensor lies: bytes from the end of the header. */
export interface TensorEntry {
  name: string;
  dtype: Dtype;
  shape: number[];
  begin: number;
  end: number;
}

/** The format's own limit on its header. */
export const MAX_HEADER_BYTES = 100_000_000;

/** The header for tensors laid one after another in this order, padded so that the data starts at a multiple of 8. */
export function encodeHeader(tensors: Record<string, Tensor>): Uint8Array {
  const header: Record<string, { dtype: Dtype; shape: number[]; data_offsets: [number, number] }> = {};
  let offset = 0;
  for (const [name, { data, shape }] of Object.entries(tensors)) {
    header[name] = { dtype: dtypeOf(data), shape, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  const json = JSON.stringify(header);
  const text = new TextEncoder().encode(
    json.padEnd(Math.ceil(new TextEncoder().encode(json).length / 8) * 8),
  );
  const bytes = new Uint8Array(8 + text.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

/**
 * Reads and checks a header: entries in file order, each of the right length, without holes or overlaps, covering
 * all of the data.
 *
 * @throws AdError E_ARTEFACT, naming `file`
 */
export function parseHeader(file: string, json: Uint8Array, dataBytes: number): TensorEntry[] {
  const entries = Object.entries(parseJson(file, json))
    .filter(([name]) => name !== '__metadata__')
    .map(([name, value]) => entryOf(file, name, value))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
  let offset = 0;
  for (const { name, begin, end } of entries) {
    if (begin !== offset)
      damaged(file, `tensor '${name}' starts at byte ${begin} of the data; expected ${offset}`);
    offset = end;
  }
  if (offset !== dataBytes)
    damaged(file, `its tensors take ${offset} bytes, but ${dataBytes} bytes follow the header`);
  return entries;
}

/** Throws the error of a file that is not what was written. */
export function damaged(file: string, what: string): never {
  throw new AdError(
    'E_ARTEFACT',
    `The file ${file} is damaged: ${what}.`,
    'Copy the model folder again from where it was made, or fit it again.',
  );
}

function parseJson(file: string, json: Uint8Array): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json));
  } catch {
    damaged(file, 'its header is not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    damaged(file, 'its header is not an object');
  return value as Record<string, unknown>;
}

function entryOf(file: string, name: string, value: unknown): TensorEntry {
  const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Record<string, unknown>;
  const whole = (x: unknown): x is number => Number.isSafeInteger(x) && (x as number) >= 0;
  if (typeof dtype !== 'string' || !Object.hasOwn(DTYPES, dtype)) {
    damaged(
      file,
      `tensor '${name}' has the element type ${JSON.stringify(dtype)}; expected one of ${Object.keys(DTYPES)}`,
    );
  }
  if (!Array.isArray(shape) || !shape.every(whole)) damaged(file, `tensor '${name}' has no valid shape`);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(whole)) {
    damaged(file, `tensor '${name}' has no valid place in the file`);
  }
  const [begin, end] = offsets as [number, number];
  const bytes = shape.reduce((a: number, b: number) => a * b, 1) * DTYPES[dtype as Dtype].BYTES_PER_ELEMENT;
  if (end - begin !== bytes) {
    damaged(
      file,
      `tensor '${name}' has ${end - begin} bytes; its shape [${shape.join(', ')}] needs ${bytes}`,
    );
  }
  return { name, dtype: dtype as Dtype, shape, begin, end };
}

function dtypeOf(data: TensorData): Dtype {
  return (Object.keys(DTYPES) as Dtype[]).find((dtype) => data instanceof DTYPES[dtype])!;
}
