import { create } from '@bufbuild/protobuf';
import { arrayTypeOf, type DataType, dataTypeName, dataTypeNumber, type TensorData } from './data_type.js';
import { OnnxError } from './errors.js';
import { type TensorProto, TensorProto_DataLocation, TensorProtoSchema } from './generated/onnx_pb.js';
import { bfloatToNumber, halfToNumber, numberToBfloat, numberToHalf } from './half.js';

/** Arrays of other types would be reinterpreted, not converted. */
type Values = ArrayLike<number> | ArrayLike<bigint>;

/**
 * A constant: element type, dimensions, and values. The storage is the protobuf message itself, so that whatever
 * else it carries is written back.
 *
 * @example
 * const weight = Tensor.from('float32', [64, 3, 7, 7], new Float32Array(64 * 3 * 7 * 7), 'conv1.weight');
 * weight.data(); // Float32Array(9408)
 */
export class Tensor {
  constructor(
    /** The message in the file. */
    readonly proto: TensorProto,
  ) {}

  /**
   * A tensor from values in row-major order. Typed arrays of the type's own layout are taken as they are; any other
   * array is converted number by number.
   *
   * @throws OnnxError E_ONNX_TENSOR when the number of values is not the product of the dimensions
   */
  static from(type: DataType, dims: readonly number[], values: Values, name = ''): Tensor {
    const count = dims.reduce((product, extent) => product * extent, 1);
    if (values.length !== count) {
      throw new OnnxError(
        'E_ONNX_TENSOR',
        `The tensor '${name}' was given ${values.length} values; expected [${dims.join(', ')}] = ${count}.`,
      );
    }
    const data = toTyped(type, values);
    const proto = create(TensorProtoSchema, {
      dims: dims.map(BigInt),
      dataType: dataTypeNumber(type),
      name,
      rawData: new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength),
    });
    return new Tensor(proto);
  }

  /** Its own message over the same bytes: it can have another name. */
  copy(): Tensor {
    return new Tensor(Object.assign(create(TensorProtoSchema), this.proto));
  }

  /** Its name in the graph; empty for the value of an attribute. */
  get name(): string {
    return this.proto.name;
  }

  set name(name: string) {
    this.proto.name = name;
  }

  /** Element type, `undefined` for one that is not read as numbers. */
  get type(): DataType | undefined {
    return dataTypeName(this.proto.dataType);
  }

  /** Dimensions, `[]` for a scalar. */
  get dims(): number[] {
    return this.proto.dims.map(Number);
  }

  /** Number of elements. @throws OnnxError E_ONNX_TENSOR for dimensions that are negative or too large */
  get size(): number {
    const size = this.dims.reduce((product, extent) => product * (extent < 0 ? Number.NaN : extent), 1);
    if (Number.isSafeInteger(size)) return size;
    throw new OnnxError(
      'E_ONNX_TENSOR',
      `The tensor '${this.name}' has the impossible shape [${this.dims.join(', ')}].`,
    );
  }

  /** True where the values lie in another file that was not read with the model. */
  get external(): boolean {
    return this.proto.dataLocation === TensorProto_DataLocation.EXTERNAL;
  }

  /**
   * The values as the typed array of the element type, row-major; half precisions as 16-bit patterns. A copy.
   *
   * @throws OnnxError E_ONNX_TENSOR (values and shape disagree, or a type without numbers), E_ONNX_EXTERNAL_DATA
   */
  data(): TensorData {
    const type = this.#readableType();
    const size = this.size;
    const { proto } = this;
    if (proto.rawData.length > 0) {
      const array = arrayTypeOf(type);
      this.#expectCount(proto.rawData.length / array.BYTES_PER_ELEMENT, size);
      // A copy, because a typed array must begin at a multiple of its element size.
      return new array(new Uint8Array(proto.rawData).buffer, 0, size);
    }
    const values = listOf(proto, type);
    this.#expectCount(values.length, size);
    // Lists hold half precisions as patterns already.
    return type === 'float16' || type === 'bfloat16'
      ? Uint16Array.from(values as number[])
      : toTyped(type, values);
  }

  /**
   * The values as numbers: half precisions widened, bool as 0 and 1.
   *
   * @throws OnnxError as {@link data}, and E_ONNX_TENSOR for a 64-bit integer that no number holds exactly
   */
  numbers(): number[] {
    const data = this.data();
    if (this.type === 'float16') return Array.from(data as Uint16Array, halfToNumber);
    if (this.type === 'bfloat16') return Array.from(data as Uint16Array, bfloatToNumber);
    if (!(data instanceof BigInt64Array || data instanceof BigUint64Array)) return Array.from(data);
    return Array.from(data as BigInt64Array, (value) => this.#exact(value));
  }

  /** The single value of a tensor with one element. @throws OnnxError E_ONNX_TENSOR when there are more or none */
  scalar(): number {
    if (this.size === 1) return this.numbers()[0]!;
    throw new OnnxError(
      'E_ONNX_TENSOR',
      `The tensor '${this.name}' has the shape [${this.dims.join(', ')}]; expected one element.`,
    );
  }

  /** Bytes that the values take in the file. */
  get byteLength(): number {
    const { rawData, floatData, int32Data, int64Data, doubleData, uint64Data, stringData } = this.proto;
    return (
      rawData.length +
      4 * (floatData.length + int32Data.length) +
      8 * (int64Data.length + doubleData.length + uint64Data.length) +
      stringData.reduce((sum, text) => sum + text.length, 0)
    );
  }

  #readableType(): DataType {
    if (this.external) {
      throw new OnnxError(
        'E_ONNX_EXTERNAL_DATA',
        `The values of '${this.name}' lie in a file beside the model, which was not read with it.`,
        'Open the model by its path (Model.load), not from bytes.',
      );
    }
    const { type } = this;
    if (type) return type;
    throw new OnnxError(
      'E_ONNX_TENSOR',
      `The tensor '${this.name}' has element type number ${this.proto.dataType}, which is not read as numbers.`,
    );
  }

  #expectCount(found: number, expected: number): void {
    if (found === expected) return;
    throw new OnnxError(
      'E_ONNX_TENSOR',
      `The tensor '${this.name}' holds ${found} values; its shape [${this.dims.join(', ')}] announces ${expected}.`,
      'The file is damaged or incomplete.',
    );
  }

  #exact(value: bigint): number {
    const number = Number(value);
    if (Number.isSafeInteger(number)) return number;
    throw new OnnxError('E_ONNX_TENSOR', `The tensor '${this.name}' holds ${value}, too large for a number.`);
  }
}

/** Where the format keeps values that are not raw bytes. */
function listOf(proto: TensorProto, type: DataType): Values {
  switch (type) {
    case 'float32':
      return proto.floatData;
    case 'float64':
      return proto.doubleData;
    case 'int64':
      return proto.int64Data;
    case 'uint32':
    case 'uint64':
      return proto.uint64Data;
    default:
      return proto.int32Data;
  }
}

function toTyped(type: DataType, values: Values): TensorData {
  const array = arrayTypeOf(type);
  if (values instanceof array) return values;
  if (type === 'int64') return BigInt64Array.from(values as ArrayLike<number>, BigInt);
  if (type === 'uint64') return BigUint64Array.from(values as ArrayLike<number>, BigInt);
  const numbers = Array.from(values as ArrayLike<number>, Number);
  const typed = new array(numbers.length) as Float32Array;
  if (type === 'float16') typed.set(numbers.map(numberToHalf));
  else if (type === 'bfloat16') typed.set(numbers.map(numberToBfloat));
  else if (type === 'bool') typed.set(numbers.map((value) => (value ? 1 : 0)));
  else typed.set(numbers);
  return typed;
}
