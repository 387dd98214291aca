import { ByteBuffer } from 'flatbuffers';

/** Operators of the TFLite schema that the trunk is made of. */
export const BUILTIN = { add: 0, conv2d: 3, depthwiseConv2d: 4, dequantize: 6 } as const;

/** Element types of the TFLite schema. */
export const TENSOR_TYPE = { float32: 0, float16: 1 } as const;

export interface TfliteTensor {
  name: string;
  shape: number[];
  type: number;
  /** Constant contents; empty for activations. */
  data: Uint8Array;
}

export interface TfliteOperator {
  /** Builtin code; see {@link BUILTIN}. */
  code: number;
  inputs: number[];
  outputs: number[];
  /** A byte or 32-bit integer of its options, by field number; 0, the schema's default, where absent. */
  byteOption(field: number): number;
  intOption(field: number): number;
}

/** The first subgraph of a TFLite model. */
export interface TfliteGraph {
  tensors: TfliteTensor[];
  operators: TfliteOperator[];
  inputs: number[];
}

/** A flatbuffer table: fields by number, as the schema counts them. */
class Table {
  constructor(
    private readonly bytes: ByteBuffer,
    private readonly at: number,
  ) {}

  static root(bytes: ByteBuffer): Table {
    return new Table(bytes, bytes.readInt32(bytes.position()) + bytes.position());
  }

  byte(field: number): number {
    const at = this.#field(field);
    return at ? this.bytes.readInt8(at) : 0;
  }

  int(field: number): number {
    const at = this.#field(field);
    return at ? this.bytes.readInt32(at) : 0;
  }

  string(field: number): string {
    const at = this.#field(field);
    return at ? String(this.bytes.__string(at)) : '';
  }

  ints(field: number): number[] {
    return this.#elements(field, 4, (at) => this.bytes.readInt32(at));
  }

  blob(field: number): Uint8Array {
    const at = this.#field(field);
    if (!at) return new Uint8Array(0);
    const start = this.bytes.__vector(at);
    return this.bytes.bytes().subarray(start, start + this.bytes.__vector_len(at));
  }

  tables(field: number): Table[] {
    return this.#elements(field, 4, (at) => new Table(this.bytes, this.bytes.__indirect(at)));
  }

  table(field: number): Table | undefined {
    const at = this.#field(field);
    return at ? new Table(this.bytes, this.bytes.__indirect(at)) : undefined;
  }

  #field(field: number): number {
    const offset = this.bytes.__offset(this.at, 4 + 2 * field);
    return offset ? this.at + offset : 0;
  }

  #elements<T>(field: number, size: number, read: (at: number) => T): T[] {
    const at = this.#field(field);
    if (!at) return [];
    const start = this.bytes.__vector(at);
    return Array.from({ length: this.bytes.__vector_len(at) }, (_, i) => read(start + i * size));
  }
}

/** Reads a TFLite flatbuffer; field numbers are those of tensorflow/lite/schema/schema.fbs. */
export function readTflite(file: Uint8Array): TfliteGraph {
  const bytes = new ByteBuffer(file);
  if (file.length < 8 || new TextDecoder('latin1').decode(file.subarray(4, 8)) !== 'TFL3') {
    throw new Error('the file is not a TFLite model: it lacks the identifier TFL3');
  }
  try {
    return readGraph(Table.root(bytes));
  } catch (cause) {
    throw new Error('the TFLite model is damaged or truncated', { cause });
  }
}

function readGraph(model: Table): TfliteGraph {
  const codes = model.tables(1).map((code) => code.int(3) || code.byte(0));
  const buffers = model.tables(4).map((buffer) => buffer.blob(0));
  const [graph] = model.tables(2);
  if (!graph) throw new Error('there is no subgraph');
  return {
    inputs: graph.ints(1),
    tensors: graph.tables(0).map((tensor) => ({
      shape: tensor.ints(0),
      type: tensor.byte(1),
      data: buffers[tensor.int(2)] ?? new Uint8Array(0),
      name: tensor.string(3),
    })),
    operators: graph.tables(3).map((operator) => {
      const options = operator.table(4);
      return {
        code: codes[operator.int(0)]!,
        inputs: operator.ints(1),
        outputs: operator.ints(2),
        byteOption: (field: number) => options?.byte(field) ?? 0,
        intOption: (field: number) => options?.int(field) ?? 0,
      };
    }),
  };
}
