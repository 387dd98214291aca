import { describe, expect, test } from 'vitest';
import { type DataType, Model, type OnnxError, Tensor } from './index.js';

const codeOf = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    return (error as OnnxError).code;
  }
  return 'none';
};

describe('a tensor', () => {
  test.each<[DataType, number[]]>([
    ['float32', [0.5, -1.25]],
    ['float64', [0.1, 1e300]],
    ['float16', [0.5, -2]],
    ['bfloat16', [0.5, 128]],
    ['int64', [-(2 ** 52), 7]],
    ['uint64', [2 ** 52, 0]],
    ['int32', [-5, 2 ** 31 - 1]],
    ['uint32', [2 ** 32 - 1, 0]],
    ['int16', [-300, 5]],
    ['uint16', [65535, 1]],
    ['int8', [-128, 127]],
    ['uint8', [255, 0]],
    ['bool', [1, 0]],
  ])('of type %s comes back from a file', (type, values) => {
    const model = Model.create();
    model.graph.initializers.set('t', Tensor.from(type, [2, 1], values, 't'));
    const tensor = Model.read(model.write()).graph.initializers.get('t')!;
    expect([tensor.type, tensor.dims, tensor.numbers()]).toEqual([type, [2, 1], values]);
  });

  test('is read from the lists, too, that some programs write', () => {
    const listed = (type: DataType, lists: Partial<Tensor['proto']>) => {
      const tensor = Tensor.from(type, [2], [0, 0]);
      Object.assign(tensor.proto, { rawData: new Uint8Array() }, lists);
      return tensor.numbers();
    };
    expect(listed('float32', { floatData: [0.5, 2] })).toEqual([0.5, 2]);
    expect(listed('float64', { doubleData: [0.1, 2] })).toEqual([0.1, 2]);
    expect(listed('int64', { int64Data: [-1n, 2n] })).toEqual([-1, 2]);
    expect(listed('uint32', { uint64Data: [1n, 2n] })).toEqual([1, 2]);
    expect(listed('bool', { int32Data: [1, 0] })).toEqual([1, 0]);
    expect(listed('float16', { int32Data: [0x3800, 0x4000] })).toEqual([0.5, 2]);
  });

  test('must have as many values as its shape says', () => {
    expect(codeOf(() => Tensor.from('float32', [2, 2], [1, 2, 3]))).toBe('E_ONNX_TENSOR');
    const tensor = Tensor.from('float32', [2], [1, 2]);
    tensor.proto.dims = [3n];
    expect(codeOf(() => tensor.data())).toBe('E_ONNX_TENSOR');
    tensor.proto.dims = [-2n];
    expect(codeOf(() => tensor.data())).toBe('E_ONNX_TENSOR');
    tensor.proto.dims = [2n ** 40n, 2n ** 40n];
    expect(codeOf(() => tensor.size)).toBe('E_ONNX_TENSOR');
  });

  test('with one element is a scalar', () => {
    expect(Tensor.from('int64', [], [5]).scalar()).toBe(5);
    expect(codeOf(() => Tensor.from('int64', [2], [5, 6]).scalar())).toBe('E_ONNX_TENSOR');
  });

  test('refuses to round a 64-bit integer', () => {
    const tensor = Tensor.from('int64', [1], [2n ** 60n + 1n]);
    expect(tensor.data()).toEqual(BigInt64Array.of(2n ** 60n + 1n));
    expect(codeOf(() => tensor.numbers())).toBe('E_ONNX_TENSOR');
  });
});
