import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AdError } from '@ad/core-native';
import {
  kaimingFanOut,
  type Layers,
  lossGraph,
  mean,
  relu,
  sgd,
  square,
  sub,
  Tape,
  TrainingLayers,
  trainingStep,
  type Value,
} from '@ad/onnx/autodiff';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../testing/temporary.js';
import { checkpointFile, loadCheckpoint, saveCheckpoint } from './checkpoint.js';
import { ExampleStore } from './example_store.js';
import { normalNumbers, uniformNumbers } from './random.js';
import { constantRate, cosineRate } from './schedule.js';
import { type TrainingControl, type TrainingPlan, train } from './trainer.js';

const folder = await temporaryFolder();
let folders = 0;
const fresh = () => join(folder, `checkpoints${folders++}`);

const failure = (work: Promise<unknown>): Promise<AdError> =>
  work.then(
    () => Promise.reject(new Error('expected an error')),
    (error) => error,
  );

/** Ten images whose second half is the first, blurred: something that a small network can learn. */
async function examples(count = 10, memory = 1e6): Promise<ExampleStore> {
  const store = new ExampleStore({ x: [2, 4, 4], y: [2, 4, 4] }, { memory, folder });
  const uniform = uniformNumbers(7);
  const x = Float32Array.from({ length: count * 32 }, () => 2 * uniform() - 1);
  await store.add(count, { x, y: x.map((value, i) => (value + (x[i - 1] ?? 0)) / 2) });
  return store;
}

function loss(tape: Tape, layers: Layers, batch: number): Value {
  const shape = [batch, 2, 4, 4];
  const hidden = relu(
    layers.convNorm('a', tape.input('x', shape), { channels: 6, kernel: [3, 3], pads: [1, 1, 1, 1] }),
  );
  return mean(square(sub(layers.conv('b', hidden, { channels: 2, kernel: [1, 1] }), tape.input('y', shape))));
}

async function planOf(more: Partial<TrainingPlan> = {}): Promise<TrainingPlan> {
  const optimiser = sgd({ momentum: 0.9 });
  const build = (batch: number, mode: 'learn' | 'judge') => {
    const tape = new Tape();
    const layers = new TrainingLayers(tape, kaimingFanOut(normalNumbers(1)), mode);
    return { layers, loss: loss(tape, layers, batch) };
  };
  const store = more.examples ?? (await examples());
  return {
    examples: store,
    learn: Array.from({ length: store.count }, (_, i) => i),
    heldOut: [],
    step(batch) {
      const { layers, loss } = build(batch, 'learn');
      return trainingStep(loss, layers, optimiser);
    },
    heldOutLoss: (batch) => lossGraph(build(batch, 'judge').loss),
    optimiser,
    rate: constantRate(0.05),
    epochs: 3,
    batch: 4,
    seed: 5,
    ...more,
  };
}

const ONE_THREAD: TrainingControl = { threads: 1 };

describe('train', async () => {
  const plan = await planOf();
  const whole = await train(plan, ONE_THREAD);

  test('makes the loss small, and tells how far it is', async () => {
    const told: { share: number; secondsLeft: number | undefined }[] = [];
    const { losses, epoch } = await train(await planOf({ epochs: 15 }), {
      ...ONE_THREAD,
      onProgress: (progress) => told.push(progress),
    });
    expect(losses).toHaveLength(15);
    expect(epoch).toBe(15);
    expect(losses.at(-1)!).toBeLessThan(0.3 * losses[0]!);
    // Ten images in batches of four are three steps.
    expect(told).toHaveLength(45);
    expect(told.at(-1)).toMatchObject({ share: 1, secondsLeft: 0 });
    expect(told.slice(0, 2).map(({ secondsLeft }) => secondsLeft === undefined)).toEqual([true, false]);
  });

  test('gives the same bytes again, and others for another seed', async () => {
    expect(await train(plan, ONE_THREAD)).toEqual(whole);
    expect((await train({ ...plan, seed: 6 }, ONE_THREAD)).weights).not.toEqual(whole.weights);
  });

  test.each([1, 2, 3, 5, 8])('stopped after %i steps and continued gives the same bytes', async (stop) => {
    const checkpoints = { folder: fresh(), seconds: 1e9 };
    const controller = new AbortController();
    let steps = 0;
    const onProgress = () => ++steps === stop && controller.abort();
    const stopped = train(plan, { ...ONE_THREAD, checkpoints, signal: controller.signal, onProgress });
    expect((await failure(stopped)).name).toBe('AbortError');
    let continued = 0;
    const resumed = await train(plan, { ...ONE_THREAD, checkpoints, onProgress: () => continued++ });
    expect(resumed).toEqual(whole);
    expect(continued).toBe(9 - stop);
  });

  test('that has ended is not done again', async () => {
    const checkpoints = { folder: fresh(), seconds: 0 };
    await train(plan, { ...ONE_THREAD, checkpoints });
    let steps = 0;
    expect(await train(plan, { ...ONE_THREAD, checkpoints, onProgress: () => steps++ })).toEqual(whole);
    expect(steps).toBe(0);
  });

  test('continues from the checkpoint before where writing one was cut off', async () => {
    const checkpoints = { folder: fresh(), seconds: 0 };
    await train(plan, { ...ONE_THREAD, checkpoints });
    const file = checkpointFile(checkpoints.folder);
    await writeFile(`${file}.tmp`, (await readFile(file)).subarray(0, 100));
    expect(await train(plan, { ...ONE_THREAD, checkpoints })).toEqual(whole);
  });

  test('does not continue another training', async () => {
    const checkpoints = { folder: fresh(), seconds: 0 };
    await train(plan, { ...ONE_THREAD, checkpoints });
    for (const other of [
      { seed: 6 },
      { batch: 5 },
      { rate: cosineRate(0.05) },
      { examples: await examples(9) },
    ]) {
      const error = await failure(train(await planOf(other), { ...ONE_THREAD, checkpoints }));
      expect(error).toMatchObject({ code: 'E_ARGUMENT', message: expect.stringMatching(/other images/) });
    }
  });

  test('that diverges stops, and the last good state stays', async () => {
    const checkpoints = { folder: fresh(), seconds: 0 };
    const error = await failure(train({ ...plan, rate: constantRate(1e25) }, { ...ONE_THREAD, checkpoints }));
    expect(error).toMatchObject({ code: 'E_DIVERGED', hint: expect.stringMatching(/--rate/) });
    expect(error.message).toMatch(/in epoch 1 at step \d: .* last good state is in /);
    const { tensors } = await import('../artefact/index.js').then(({ readSafetensors }) =>
      readSafetensors(checkpointFile(checkpoints.folder)),
    );
    for (const { data } of Object.values(tensors)) expect(data.every(Number.isFinite)).toBe(true);
  });

  test('keeps the epoch that does best on held-out examples', async () => {
    // Steps uphill spoil what was learned.
    const rate = ({ step, steps }: { step: number; steps: number }) => (step < steps / 2 ? 0.05 : -0.05);
    const held = await planOf({ learn: [0, 1, 2, 3, 4, 5, 6], heldOut: [7, 8, 9], rate, epochs: 6 });
    const best = await train(held, ONE_THREAD);
    expect(best.epoch).toBeLessThan(6);
    const short = { ...held, epochs: best.epoch, heldOut: [], rate: constantRate(0.05) };
    expect((await train(short, ONE_THREAD)).weights).toEqual(best.weights);

    // The best so far is part of a checkpoint: the training is stopped after it was found.
    const checkpoints = { folder: fresh(), seconds: 1e9 };
    const controller = new AbortController();
    const onProgress = ({ epoch }: { epoch: number }) => epoch > best.epoch + 1 && controller.abort();
    await failure(train(held, { ...ONE_THREAD, checkpoints, signal: controller.signal, onProgress }));
    expect(await train(held, { ...ONE_THREAD, checkpoints })).toEqual(best);
  });

  test.each([1, 2, 3])('learns from %i images, fewer than a batch', async (count) => {
    const { losses } = await train(await planOf({ examples: await examples(count) }), ONE_THREAD);
    expect(losses.every(Number.isFinite)).toBe(true);
  });
});

describe('examples', () => {
  test('are the same from memory and from a file', async () => {
    const [inMemory, inFile, mixed] = await Promise.all([1e6, 0, 1000].map((memory) => examples(10, memory)));
    const order = [3, 9, 0, 7];
    const batch = await inMemory!.batch(order);
    expect(batch.x!.shape).toEqual([4, 2, 4, 4]);
    for (const store of [inFile!, mixed!]) {
      expect(await store.batch(order)).toEqual(batch);
      expect(store.digest).toBe(inMemory!.digest);
      await store.close();
    }
  });

  test('that are not numbers are refused, and a file that cannot be written says so', async () => {
    const store = new ExampleStore({ x: [2] }, { memory: 1e6 });
    const error = await failure(store.add(2, { x: Float32Array.of(1, 2, 3, Number.NaN) }));
    expect(error).toMatchObject({ code: 'E_NOT_FINITE', message: expect.stringMatching(/Image 2 .* 'x'/) });
    const nowhere = new ExampleStore({ x: [2] }, { memory: 0, folder: join(folder, 'none') });
    expect(await failure(nowhere.add(1, { x: new Float32Array(2) }))).toMatchObject({
      code: 'E_WRITE',
      hint: expect.stringMatching(/TMPDIR/),
    });
  });
});

describe('checkpoints', () => {
  const position = { run: 'r', steps: 1, losses: [], recent: [1], start: 1, best: null };
  const state = { w: { data: Float32Array.of(1), shape: [1] } };

  test('that cannot be written say so and leave the one before', async () => {
    const place = fresh();
    await saveCheckpoint(place, { position, state });
    await mkdir(`${checkpointFile(place)}.tmp`);
    expect(
      await failure(saveCheckpoint(place, { position: { ...position, steps: 2 }, state })),
    ).toMatchObject({
      code: 'E_WRITE',
      hint: expect.stringMatching(/--checkpoints/),
    });
    expect((await loadCheckpoint(place, 'r'))!.position).toEqual(position);
  });

  test.runIf(process.platform === 'linux')('on a full disk say so and leave the one before', async () => {
    const place = fresh();
    await saveCheckpoint(place, { position, state });
    await symlink('/dev/full', `${checkpointFile(place)}.tmp`);
    const error = await failure(saveCheckpoint(place, { position: { ...position, steps: 2 }, state }));
    expect(error).toMatchObject({ code: 'E_WRITE', message: expect.stringMatching(/ENOSPC.*no space left/) });
    expect((await loadCheckpoint(place, 'r'))!.position).toEqual(position);
  });

  test('that are damaged are refused', async () => {
    const place = fresh();
    await saveCheckpoint(place, { position, state });
    const file = checkpointFile(place);
    const bytes = await readFile(file);
    await writeFile(file, bytes.subarray(0, bytes.length - 1));
    expect(await failure(loadCheckpoint(place, 'r'))).toMatchObject({ code: 'E_ARTEFACT' });
    expect(await loadCheckpoint(fresh(), 'r')).toBeUndefined();
  });
});
