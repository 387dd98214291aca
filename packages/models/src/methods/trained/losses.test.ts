import { readFileSync } from 'node:fs';
import { Graph } from '@ad/onnx';
import { Tape as NewTape, sizeOf, type Tape, TrainingLayers, toModel, type Value } from '@ad/onnx/autodiff';
import * as ort from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { stfpmLoss } from '../stfpm/network.js';
import { ulsadLoss } from '../ulsad/loss.js';
import { featureAutoencoder, globalAutoencoder, type LastLayer } from '../ulsad/network.js';

interface GoldenLoss {
  loss: number;
  gradients: Record<string, { largest: number; sample: number[] }>;
}

/** What test/goldens/generate_losses.py computed with PyTorch in double precision. */
const golden: Record<string, GoldenLoss> = JSON.parse(
  readFileSync(new URL('../../../../../test/goldens/losses.json', import.meta.url), 'utf8'),
);

/** Numbers in [-1, 1) as the golden generator makes them. */
function values(size: number, k: number): Float32Array {
  return Float32Array.from({ length: size }, (_, i) => {
    const x = Math.sin(12.9898 * (i + 1) + 78.233 * (k + 1)) * 437.585453;
    return 2 * (x - Math.floor(x)) - 1;
  });
}

/** Layers of the generator: tensors are numbered in the order in which they appear. */
function layersOn(tape: Tape): TrainingLayers {
  const layers: TrainingLayers = new TrainingLayers(tape, (shape) => {
    const fan = Math.sqrt(sizeOf(shape.slice(1)));
    return values(sizeOf(shape), 100 + layers.parameters.length).map((value) => value / fan);
  });
  return layers;
}

/** A stem, a plain block and one that halves the grid, exported with the normalisation folded in. */
function teacher(): Graph {
  const graph = new Graph();
  graph.input('x', 'float32', ['n', 3, 'h', 'w']);
  let convolutions = 0;
  const conv = (x: string, [k, c, side]: [number, number, number], stride: number, pad: number) => {
    const name = `c${convolutions++}`;
    const w = graph.constant(
      'float32',
      [k, c, side, side],
      new Float32Array(k * c * side * side),
      `${name}.w`,
    );
    const b = graph.constant('float32', [k], new Float32Array(k), `${name}.b`);
    const window = { strides: [stride, stride], pads: [pad, pad, pad, pad] };
    return graph.add('Conv', [x, w, b], window, { outputs: [name] });
  };
  const relu = (x: string, name?: string) => graph.add('Relu', [x], {}, name ? { outputs: [name] } : {});
  const pool = { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] };
  const y = graph.add('MaxPool', [relu(conv('x', [4, 3, 7], 2, 3))], pool);
  const inner = conv(relu(conv(y, [4, 4, 3], 1, 1)), [4, 4, 3], 1, 1);
  relu(graph.add('Add', [inner, y]), 'first');
  const half = conv(relu(conv('first', [6, 4, 3], 2, 1)), [6, 6, 3], 1, 1);
  relu(graph.add('Add', [half, conv('first', [6, 4, 1], 2, 0)]), 'second');
  return graph;
}

function stfpm(tape: Tape, layers: TrainingLayers): Value {
  const shapes = [
    { channels: 4, height: 9, width: 8 },
    { channels: 6, height: 5, width: 4 },
  ];
  const task = {
    graph: teacher(),
    names: ['first', 'second'],
    layers: shapes,
    input: { height: 33, width: 30 },
  };
  return stfpmLoss(tape, layers, task, 3);
}

function ulsad(tape: Tape, layers: TrainingLayers, last: LastLayer): Value {
  const image = tape.input('image', [4, 3, 128, 128]);
  const features = tape.input('features', [4, 4, 16, 16]);
  const whole = globalAutoencoder(layers, image, 4, 16);
  return ulsadLoss(features, featureAutoencoder(layers, features, last), whole);
}

const losses: Record<string, (tape: Tape, layers: TrainingLayers) => Value> = {
  stfpm,
  'ulsad, preset paper': (tape, layers) => ulsad(tape, layers, { kernel: 5, rectified: true }),
  'ulsad, preset fast': (tape, layers) => ulsad(tape, layers, { kernel: 3, rectified: false }),
};

describe.each(Object.entries(losses))('the loss of %s', async (name, build) => {
  const tape = new NewTape();
  const layers = layersOn(tape);
  const loss = build(tape, layers);
  const { parameters, running } = layers;
  const gradients = tape.gradients(
    loss,
    parameters.map(({ value }) => value),
  );
  tape.output(loss, 'loss');
  gradients.forEach((gradient, i) => void tape.output(gradient!, `d${i}`));
  const state = [...parameters, ...running];
  const known = new Set(state.map((tensor) => tensor.name));
  const examples = tape.inputs.filter((input) => !known.has(input.name));
  const feeds = [
    ...state.map((tensor) => [tensor.name, new ort.Tensor(tensor.data, tensor.shape)] as const),
    ...examples.map((input, k) => [input.name, new ort.Tensor(values(input.size, k), input.shape)] as const),
  ];
  const session = await ort.InferenceSession.create(toModel(tape).write(), { intraOpNumThreads: 1 });
  const results = await session.run(Object.fromEntries(feeds));
  const expected = golden[name]!;

  test('is that of PyTorch in double precision', () => {
    const found = (results.loss!.data as Float32Array)[0]!;
    expect(Math.abs(found - expected.loss)).toBeLessThan(1e-5 * expected.loss);
  });

  test('has the gradients of PyTorch in double precision, of every parameter', () => {
    expect(parameters.map((parameter) => parameter.name)).toEqual(Object.keys(expected.gradients));
    parameters.forEach((parameter, i) => {
      const { largest, sample } = expected.gradients[parameter.name]!;
      const found = results[`d${i}`]!.data as Float32Array;
      const step = found.length > 16 ? found.length / 16 : 1;
      sample.forEach((value, s) => {
        const error = Math.abs(found[Math.floor(s * step)]! - value);
        expect(error, parameter.name).toBeLessThan(1e-4 * largest);
      });
    });
  });
});
