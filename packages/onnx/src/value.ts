import { create } from '@bufbuild/protobuf';
import { type DataType, dataTypeName, dataTypeNumber } from './data_type.js';
import {
  TensorShapeProto_DimensionSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from './generated/onnx_pb.js';

/** One axis: an extent, a name for an extent that is free, or `''` where nothing is known of it. */
export type Dim = number | string;

/** What is declared of a tensor: its name, element type and shape. Inputs, outputs and value infos are these. */
export class Value {
  constructor(
    /** The message in the file. */
    readonly proto: ValueInfoProto,
  ) {}

  /** A tensor's declaration. Without a shape, even the rank is unknown. */
  static tensor(name: string, type: DataType, shape?: readonly Dim[]): Value {
    const value = new Value(create(ValueInfoProtoSchema, { name }));
    value.setType(type, shape);
    return value;
  }

  get name(): string {
    return this.proto.name;
  }

  set name(name: string) {
    this.proto.name = name;
  }

  /** Element type; `undefined` where it is not declared, or is not a tensor of numbers. */
  get type(): DataType | undefined {
    return dataTypeName(this.proto.type?.tensorType?.elemType ?? 0);
  }

  /** Declared axes; `undefined` where not even the rank is declared. */
  get shape(): Dim[] | undefined {
    return this.proto.type?.tensorType?.shape?.dim.map(({ value }) =>
      value.case === 'dimValue' ? Number(value.value) : (value.value ?? ''),
    );
  }

  /** Declares another type and shape. */
  setType(type: DataType, shape?: readonly Dim[]): void {
    const tensor = create(TypeProto_TensorSchema, { elemType: dataTypeNumber(type) });
    if (shape) tensor.shape = { $typeName: 'ad.onnx.TensorShapeProto', dim: shape.map(dimension) };
    this.proto.type = create(TypeProtoSchema, { tensorType: tensor });
  }
}

function dimension(dim: Dim) {
  return create(TensorShapeProto_DimensionSchema, {
    value:
      typeof dim === 'number'
        ? { case: 'dimValue', value: BigInt(dim) }
        : dim === ''
          ? { case: undefined }
          : { case: 'dimParam', value: dim },
  });
}
