import { expect, test } from 'vitest';
import { foldBatchNorm, foldConstants, Model, Tensor } from '../index.js';
import { run } from '../testing/run.js';

/** Conv, BatchNormalization, Relu; the second convolution's output is read twice. */
function network(): Model {
  const model = Model.create();
  const { graph } = model;
  graph.input('x', 'float32', ['n', 2, 'h', 'w']);
  const values = (count: number, from: number) =>
    Float32Array.from({ length: count }, (_, i) => from + Math.sin(i + from));
  const conv = (x: string) => {
    const weight = graph.constant('float32', [2, 2, 3, 3], values(36, 0.3), 'weight');
    return graph.add('Conv', [x, weight], { pads: [1, 1, 1, 1] });
  };
  const norm = (x: string) => {
    const parts = [1, 0.2, 0.5, 2].map((from) => graph.constant('float32', [2], values(2, from), 'bn'));
    return graph.add('BatchNormalization', [x, ...parts], { epsilon: 0.001 });
  };
  const first = graph.add('Relu', [norm(conv('x'))]);
  const second = conv(first);
  graph.output(graph.add('Add', [norm(second), second], {}, { outputs: ['y'] }), 'float32', [
    'n',
    2,
    'h',
    'w',
  ]);
  return model;
}

test('a BatchNormalization goes into the convolution that nothing else reads', async () => {
  const shape = [2, 2, 5, 6];
  const before = (await run(network(), shape)).y!.data as Float32Array;
  const model = network();
  const constants = model.graph.initializers.size;
  expect(foldBatchNorm(model.graph)).toBe(1);
  expect(model.graph.nodes.map((node) => node.op)).toEqual([
    'Conv',
    'Relu',
    'Conv',
    'BatchNormalization',
    'Add',
  ]);
  expect(model.graph.initializers.size).toBe(constants - 3);
  const after = (await run(model, shape)).y!.data as Float32Array;
  const scale = Math.max(...before.map(Math.abs));
  for (const [i, value] of before.entries()) expect(Math.abs(value - after[i]!)).toBeLessThan(2e-6 * scale);
});

test('constants become initialisers', async () => {
  const model = Model.create();
  const { graph } = model;
  graph.input('x', 'float32', [2]);
  const a = graph.add('Constant', [], { value: Tensor.from('float32', [2], [1, 2]) });
  const b = graph.add('Identity', [graph.add('Constant', [], { value_float: 0.5 })]);
  graph.output(graph.add('Mul', [graph.add('Add', ['x', a]), b], {}, { outputs: ['y'] }), 'float32', [2]);
  const before = (await run(model, [2])).y!.data;
  expect(foldConstants(graph)).toBe(3);
  expect(graph.nodes.map((node) => node.op)).toEqual(['Add', 'Mul']);
  expect((await run(model, [2])).y!.data).toEqual(before);
});
