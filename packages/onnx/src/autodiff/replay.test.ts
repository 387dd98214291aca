import { describe, expect, test } from 'vitest';
import { float } from '../attribute.js';
import { Model } from '../model.js';
import { evaluate } from '../testing/evaluate.js';
import { values } from '../testing/values.js';
import { mean, square } from './ops/index.js';
import { replay } from './replay.js';
import { sizeOf, Tape } from './tape.js';
import { TrainingLayers } from './training_layers.js';

/** A file with everything that can be learned. */
function teacher() {
  const model = Model.create({ opset: 17 });
  const { graph } = model;
  graph.input('x', 'float32', ['n', 3, 'h', 'w']);
  const floats = (name: string, dims: number[]) =>
    graph.constant('float32', dims, values(sizeOf(dims), 1), name);
  const scaled = graph.add('Div', ['x', floats('half', [1])]);
  const a = graph.add(
    'Conv',
    [graph.add('Sub', [scaled, floats('one', [1])]), floats('w1', [6, 3, 3, 3]), floats('b1', [6])],
    {
      pads: [1, 1, 1, 1],
      strides: [2, 2],
    },
  );
  const six = graph.add('Clip', [a, floats('low', []), floats('high', [])]);
  const b = graph.add('Conv', [six, floats('w2', [6, 1, 3, 3])], { pads: [1, 1, 1, 1], group: 6 });
  const normed = graph.add('BatchNormalization', [
    b,
    ...['g', 'o', 'm', 'v'].map((name) => floats(name, [6])),
  ]);
  const joined = graph.add('Concat', [graph.add('Add', [normed, six]), a], { axis: 1 });
  const pooled = graph.add('MaxPool', [joined], { kernel_shape: [2, 2], strides: [2, 2] });
  graph.add('LeakyRelu', [pooled], { alpha: float(0.1) }, { outputs: ['y'] });
  graph.add('Sigmoid', ['y'], {}, { outputs: ['z'] });
  return graph;
}

const initialise = (shape: readonly number[]) => values(sizeOf(shape), 2);

describe('a network built again', () => {
  const tape = new Tape();
  const layers = new TrainingLayers(tape, initialise);
  const x = tape.input('x', [2, 3, 8, 8]);
  const [y] = replay(teacher(), layers, x, ['y']);

  test('has the shape of its teacher, and normalisation after every convolution', () => {
    expect(y!.shape).toEqual([2, 12, 2, 2]);
    expect(layers.parameters.map(({ shape }) => shape)).toEqual([
      [6, 3, 3, 3],
      [6],
      [6],
      [6, 1, 3, 3],
      [6],
      [6],
    ]);
    expect(layers.running).toHaveLength(4);
  });

  test('can be differentiated in all of its layers', () => {
    const loss = mean(square(y!));
    const gradients = tape.gradients(
      loss,
      layers.parameters.map(({ value }) => value),
    );
    const feeds = Object.fromEntries(
      [...layers.parameters, ...layers.running].map(({ name, data }) => [name, data]),
    );
    const found = evaluate(
      tape,
      { ...feeds, x: values(2 * 3 * 64, 0) },
      gradients.map((value) => value!),
    );
    for (const gradient of found) expect(Math.max(...gradient.map(Math.abs))).toBeGreaterThan(0);
  });

  test('cannot be one with operators that are not learned here', () => {
    const again = new Tape();
    const make = () =>
      replay(teacher(), new TrainingLayers(again, initialise), again.input('x', [1, 3, 8, 8]), ['z']);
    expect(make).toThrow(
      expect.objectContaining({ code: 'E_ONNX_LAYER', message: expect.stringMatching(/Sigmoid/) }),
    );
  });
});
