import { describe, expect, test } from 'vitest';
import { Model, quantizableTensors, quantizeModel, RANGE_OUTPUTS, type Range, rangeModel } from '../index.js';
import { dense, inverted, residual, transformer } from '../testing/networks.js';
import { run } from '../testing/run.js';

const SHAPE = [2, 3, 64, 64];

/** The network up to its last stage: class scores are not what is quantised. */
function trunk({ model, ends }: { model: Model; ends: string[] }): Model {
  model.graph.outputs = [];
  model.graph.output(ends.at(-1)!, 'float32');
  return model;
}

async function rangesOf(model: Model, tensors: readonly string[]): Promise<Map<string, Range>> {
  const [low, high] = Object.values(await run(rangeModel(model, tensors), SHAPE));
  const at = (i: number) => ({ low: low!.data[i] as number, high: high!.data[i] as number });
  return new Map(tensors.map((name, i) => [name, at(i)]));
}

/** One convolution of 3 channels to 2, with a bias, on the input. */
function single(weights: Float32Array, bias: number[], opset = 17): Model {
  const model = Model.create({ opset });
  const { graph } = model;
  graph.input('x', 'float32', ['n', 3, 'h', 'w']);
  const w = graph.constant('float32', [2, 3, 1, 1], weights, 'w');
  const b = graph.constant('float32', [2], bias, 'b');
  graph.output(graph.add('Conv', ['x', w, b], {}, { outputs: ['y'] }), 'float32', ['n', 2, 'h', 'w']);
  return model;
}

describe.each([
  ['residual', () => trunk(residual()), 0.12],
  ['dense', () => trunk(dense()), 0.12],
  ['inverted', () => trunk(inverted()), 0.12],
])('a network of the kind %s', (_, build, tolerance) => {
  test('gives nearly the same under the same output, all of its convolutions in eight bits', async () => {
    const [expected] = Object.values(await run(build(), SHAPE));
    const model = build();
    const name = model.graph.outputs[0]!.name;
    const convolutions = model.graph.nodes.filter((node) => node.op === 'Conv').length;
    const tensors = quantizableTensors(model);
    expect(quantizeModel(model, await rangesOf(model, tensors))).toBeGreaterThan(0);
    const outputs = await run(model, SHAPE);
    expect(Object.keys(outputs)).toEqual([name]);
    const [found] = Object.values(outputs);
    expect(found!.dims).toEqual(expected!.dims);
    const square = (values: number[]) => Math.sqrt(values.reduce((sum, v) => sum + v * v, 0));
    const [a, b] = [expected!.data as Float32Array, found!.data as Float32Array];
    const error = square(Array.from(a, (v, i) => v - b[i]!)) / square([...a]);
    expect(error).toBeLessThan(tolerance);
    expect(error).toBeGreaterThan(1e-5);
    const int8 = [...model.graph.initializers.values()].filter(
      (t) => t.type === 'int8' && t.dims.length === 4,
    );
    const still = model.graph.nodes.filter((node) => node.op === 'Conv').length;
    expect([int8.length, still]).toEqual([convolutions, convolutions]);
  });
});

test('codes give weights and biases back within half a step, with one scale per channel', () => {
  const weights = Float32Array.from([1, -0.3, 0.7, 0.001, 0.0004, -0.0007]);
  const model = single(weights, [0.25, -2]);
  quantizeModel(model, rangesBy(quantizableTensors(model)));
  const tensor = (name: string) => model.graph.initializers.get(name)!.numbers();
  const scales = tensor('w_scale');
  expect(scales[0]! / scales[1]!).toBeCloseTo(1000, 2);
  tensor('w_int8').forEach((code, i) => {
    const scale = scales[Math.floor(i / 3)]!;
    expect(Math.abs(code)).toBeLessThanOrEqual(64);
    expect(Math.abs(code * scale - weights[i]!)).toBeLessThanOrEqual(scale / 2 + 1e-9);
  });
  tensor('b_int32').forEach((code, i) => {
    expect(code * tensor('b_scale')[i]!).toBeCloseTo([0.25, -2][i]!, 6);
  });
});

test('a channel without weights keeps its bias', async () => {
  const model = single(new Float32Array(6), [0, 3]);
  quantizeModel(model, rangesBy(quantizableTensors(model)));
  const { y } = await run(model, [1, 3, 4, 4]);
  const values = y!.data as Float32Array;
  expect([...values.slice(0, 16)]).toEqual(new Array(16).fill(0));
  for (const value of values.slice(16)) expect(value).toBeCloseTo(3, 1);
});

test('zero is exact whatever the range', () => {
  const model = single(new Float32Array(6).fill(1), [0, 0]);
  quantizeModel(model, new Map(quantizableTensors(model).map((name) => [name, { low: 0.5, high: 1.25 }])));
  const { initializers } = model.graph;
  expect(initializers.get('x_zero')!.numbers()).toEqual([0]);
  expect(initializers.get('x_scale')!.scalar()).toBeCloseTo(1.25 / 255, 8);
});

test('a maximum has the codes of what it was taken of', () => {
  const model = trunk(residual());
  const tensors = quantizableTensors(model);
  const pool = model.graph.nodes.find((node) => node.op === 'MaxPool')!;
  const [before, after] = [pool.inputs[0]!, pool.outputs[0]!];
  expect(tensors).toEqual(expect.arrayContaining([before, after]));
  const ranges = rangesBy(tensors);
  ranges.set(before, { low: -1, high: 7 });
  quantizeModel(model, ranges);
  const scale = (name: string) => model.graph.initializers.get(`${name}_scale`)!.scalar();
  expect(scale(after)).toBe(scale(before));
});

test('ranges are over all images', async () => {
  const model = single(Float32Array.from([1, 0, 0, 0, 1, 0]), [0, 10]);
  const tensors = quantizableTensors(model);
  expect(tensors).toEqual(['x', 'y']);
  const watched = rangeModel(model, tensors);
  expect(watched.graph.outputs.map((output) => output.name)).toEqual([...RANGE_OUTPUTS]);
  const { low, high } = await run(watched, [2, 3, 8, 8]);
  const { y } = await run(model, [2, 3, 8, 8]);
  const values = y!.data as Float32Array;
  expect([low!.data[1], high!.data[1]]).toEqual([Math.min(...values), Math.max(...values)]);
});

test('refuses what cannot be done', () => {
  const refused = (work: () => unknown, message: RegExp) =>
    expect(work).toThrow(
      expect.objectContaining({ code: 'E_ONNX_QUANTIZE', message: expect.stringMatching(message) }),
    );
  refused(() => quantizableTensors(single(new Float32Array(6), [0, 0], 11)), /operator set 11.*need 13/);
  const none = Model.create();
  none.graph.input('x', 'float32', [1]);
  none.graph.output(none.graph.add('Relu', ['x']), 'float32', [1]);
  refused(() => quantizableTensors(none), /no convolution/);
  const model = single(new Float32Array(6), [0, 0]);
  refused(() => quantizeModel(model, new Map()), /No range.*'x'/);
  const nan = new Map(quantizableTensors(model).map((name) => [name, { low: Number.NaN, high: 1 }]));
  refused(() => quantizeModel(model, nan), /NaN/);
});

test('of a transformer only the patches are convolutions', () => {
  const { model } = transformer();
  const tensors = quantizableTensors(model);
  expect(tensors).toHaveLength(2);
  expect(quantizeModel(model, rangesBy(tensors))).toBe(1);
});

function rangesBy(tensors: readonly string[]): Map<string, Range> {
  return new Map(tensors.map((name) => [name, { low: -2, high: 4 }]));
}
