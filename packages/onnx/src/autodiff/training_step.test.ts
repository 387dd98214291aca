import { readFileSync } from 'node:fs';
import * as ort from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { Model } from '../model.js';
import { difference } from '../testing/difference.js';
import { evaluate } from '../testing/evaluate.js';
import { values } from '../testing/values.js';
import { InferenceLayers } from './inference_layers.js';
import type { Layers } from './layers.js';
import { mean, relu, square, squareWindow, sum } from './ops/index.js';
import { adam, sgd } from './optimisers.js';
import { sizeOf, Tape, type Value } from './tape.js';
import { toModel } from './to_model.js';
import { TrainingLayers } from './training_layers.js';
import { trainingStep } from './training_step.js';

/** What goldens/generate_training.py computed with PyTorch in double precision. */
const golden = JSON.parse(readFileSync(new URL('../../goldens/training.json', import.meta.url), 'utf8'));

const optimisers = { sgd: sgd({ momentum: 0.9, weightDecay: 0.01 }), adam: adam({ weightDecay: 0.01 }) };

test.each(Object.entries(optimisers))('%s moves a parameter as in PyTorch', (name, optimiser) => {
  const tape = new Tape();
  const [w, gradient] = [tape.input('w', [2, 3]), tape.input('g', [2, 3])];
  const slots = optimiser.slots.map((slot) => tape.input(slot, [2, 3]));
  const scalars = optimiser.scalars.map((scalar) => tape.input(scalar, [1]));
  const update = optimiser.update(w, gradient, slots, scalars);
  let state = [values(6, 0), ...slots.map(() => new Float32Array(6))] as ArrayLike<number>[];
  (golden[name] as number[][]).forEach((expected, step) => {
    const numbers = optimiser.valuesAt(step + 1, 0.1);
    const feeds: Record<string, ArrayLike<number>> = { w: state[0]!, g: values(6, step + 1) };
    slots.forEach((slot, i) => void (feeds[slot.name] = state[i + 1]!));
    scalars.forEach((scalar, i) => void (feeds[scalar.name] = [numbers[i]!]));
    state = evaluate(tape, feeds, [update.parameter, ...update.slots]);
    expect(difference(state[0]!, expected)).toBeLessThan(1e-6);
  });
});

/** The network of the golden generator, in whatever layers. */
function network(layers: Layers, x: Value): Value {
  const window = squareWindow(2, 1);
  const a = relu(layers.convNorm('a', x, { channels: 4, kernel: [3, 3], ...window }));
  const b = relu(layers.convTransposeNorm('b', a, { channels: 3, kernel: [4, 4], ...window }));
  return layers.conv('c', b, { channels: 2, kernel: [1, 1] });
}

/** Weights of the golden generator, in the order in which they are asked for. */
function goldenWeights() {
  let k = 1;
  return (shape: readonly number[]) => values(sizeOf(shape), k++);
}

const SHAPE = [3, 2, 6, 6];

describe('a training step', async () => {
  const tape = new Tape();
  const layers = new TrainingLayers(tape, goldenWeights());
  const loss = mean(square(network(layers, tape.input('x', SHAPE))));
  const step = trainingStep(loss, layers, sgd({ momentum: 0.9 }));
  const session = await ort.InferenceSession.create(step.model, { intraOpNumThreads: 1 });
  const feeds: Record<string, ort.Tensor> = {
    x: new ort.Tensor(values(sizeOf(SHAPE), 0), SHAPE),
    rate: new ort.Tensor(Float32Array.of(0.5), [1]),
  };
  for (const { name, data, shape } of step.state) feeds[name] = new ort.Tensor(data, shape);
  const results = await session.run(feeds);

  test('in onnxruntime gives the next state as PyTorch does', () => {
    expect(difference(results.loss!.data as Float32Array, [golden.network.loss])).toBeLessThan(1e-5);
    for (const [name, expected] of Object.entries(golden.network.next as Record<string, number[]>)) {
      expect(difference(results[`${name}:next`]!.data as Float32Array, expected), name).toBeLessThan(1e-5);
    }
  });

  test('names what makes the network, and what the optimiser keeps beside it', () => {
    const names = step.state.map(({ name }) => name);
    expect(new Set(step.learned)).toEqual(new Set(Object.keys(golden.network.next)));
    expect(names.filter((name) => !step.learned.includes(name))).toEqual(
      layers.parameters.map(({ name }) => `${name}:velocity`),
    );
  });

  test('folded for use gives what it gives with running statistics', async () => {
    const weights = Object.fromEntries(
      step.learned.map((name) => [name, results[`${name}:next`]!.data as Float32Array]),
    );
    const judged = new Tape();
    const judge = new TrainingLayers(judged, goldenWeights(), 'judge');
    const expected = network(judge, judged.input('x', SHAPE));
    const x = values(sizeOf(SHAPE), 9);
    const [inDouble] = evaluate(judged, { ...weights, x }, [expected]);
    const folded = new Tape();
    folded.output(network(new InferenceLayers(folded, weights), folded.input('x', SHAPE)), 'y');
    const model = toModel(folded, { anyBatch: true });
    expect(model.graph.nodes.map(({ op }) => op)).not.toContain('BatchNormalization');
    const used = await ort.InferenceSession.create(model.write(), { intraOpNumThreads: 1 });
    const { y } = await used.run({ x: new ort.Tensor(x, SHAPE) });
    expect(difference(y!.data as Float32Array, inDouble!)).toBeLessThan(1e-5);
    const { y: one } = await used.run({ x: new ort.Tensor(x.slice(0, 72), [1, 2, 6, 6]) });
    expect(difference(one!.data as Float32Array, inDouble!.subarray(0, 72))).toBeLessThan(1e-5);
  });

  test('is a file that can be read again', () => {
    expect(Model.read(step.model).graph.outputs[0]!.name).toBe('loss');
  });
});

test('gradients that nobody needs are not computed', () => {
  const convolutions = (wanted: (layers: TrainingLayers, x: Value) => Value[]) => {
    const tape = new Tape();
    const x = tape.input('x', SHAPE);
    const layers = new TrainingLayers(tape, goldenWeights());
    const loss = mean(square(network(layers, x)));
    const before = tape.nodes.length;
    tape.gradients(loss, wanted(layers, x));
    return tape.nodes.slice(before).filter(({ op }) => op === 'Conv' || op === 'ConvTranspose').length;
  };
  const parameters = (layers: TrainingLayers) => layers.parameters.map(({ value }) => value);
  expect(convolutions((layers) => parameters(layers).slice(-1))).toBe(0);
  // The image needs no gradient: nothing is convolved back to it.
  const all = convolutions((layers, x) => [...parameters(layers), x]);
  expect(convolutions(parameters)).toBe(all - 1);
});

test('what the loss does not depend on has no gradient, and cannot be a parameter', () => {
  const tape = new Tape();
  const layers = new TrainingLayers(tape, goldenWeights());
  const x = tape.input('x', SHAPE);
  layers.conv('unused', x, { channels: 1, kernel: [1, 1] });
  expect(tape.gradients(sum(x), [layers.parameters[0]!.value])).toEqual([null]);
  expect(() => trainingStep(sum(x), layers, sgd())).toThrow(
    expect.objectContaining({ code: 'E_ONNX_GRAPH', message: expect.stringMatching(/'unused.weight'/) }),
  );
});
