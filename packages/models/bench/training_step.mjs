// A step of STFPM's or ULSAD's training beside a PyTorch step of the same network, in alternating rounds, each in a
// process of its own: the median time of a step and the largest resident set.
//
//   node bench/training_step.mjs --python <python with torch> --backbone <resnet18 .onnx> [--size 128] [--batch 32]
//   node bench/training_step.mjs --python <python with torch> --method ulsad --batch 8 [--channels 128] [--kernel 3]
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { cpuInfo } from '@ad/core-native';
import { Model } from '@ad/onnx';
import {
  adam,
  kaimingFanOut,
  sgd,
  Tape,
  TrainingLayers,
  trainingStep,
  xavierUniform,
} from '@ad/onnx/autodiff';
import { stfpmLoss } from '../dist/methods/stfpm/network.js';
import { FEATURES, IMAGE, mapName } from '../dist/methods/trained/collect.js';
import { ulsadLoss } from '../dist/methods/ulsad/loss.js';
import { featureAutoencoder, globalAutoencoder } from '../dist/methods/ulsad/network.js';
import { normalNumbers, uniformNumbers } from '../dist/training/random.js';
import { TrainingSession } from '../dist/training/training_session.js';

const { values } = parseArgs({
  options: {
    method: { type: 'string', default: 'stfpm' },
    backbone: { type: 'string' },
    python: { type: 'string', default: 'python3' },
    size: { type: 'string', default: '128' },
    batch: { type: 'string', default: '32' },
    channels: { type: 'string', default: '128' },
    kernel: { type: 'string', default: '3' },
    steps: { type: 'string', default: '4' },
    rounds: { type: 'string', default: '3' },
    threads: { type: 'string', default: '2' },
    alone: { type: 'boolean', default: false },
  },
});
const numbers = ['size', 'batch', 'steps', 'threads', 'channels', 'kernel'];
const [size, batch, steps, threads, channels, kernel] = numbers.map((key) => Number(values[key]));
const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];

/** Each method's step, with the shapes of its examples. */
const METHODS = {
  stfpm() {
    const layers = [64, 128, 256].map((channels, i) => ({
      channels,
      height: size >> (i + 2),
      width: size >> (i + 2),
    }));
    const { graph } = Model.read(readFileSync(values.backbone));
    const task = {
      graph,
      names: ['layer1', 'layer2', 'layer3'],
      layers,
      input: { height: size, width: size },
    };
    const tape = new Tape();
    const network = new TrainingLayers(tape, kaimingFanOut(normalNumbers(0)));
    const optimiser = sgd({ momentum: 0.9, weightDecay: 1e-3 });
    const maps = layers.map((layer, i) => [mapName(i), [batch, layer.channels, layer.height, layer.width]]);
    return {
      step: trainingStep(stfpmLoss(tape, network, task, batch), network, optimiser),
      optimiser,
      rate: 0.4,
      shapes: { [IMAGE]: [batch, 3, size, size], ...Object.fromEntries(maps) },
    };
  },
  ulsad() {
    const shapes = { [IMAGE]: [batch, 3, size, size], [FEATURES]: [batch, channels, size / 8, size / 8] };
    const tape = new Tape();
    const network = new TrainingLayers(tape, xavierUniform(uniformNumbers(0)));
    const [image, features] = Object.entries(shapes).map(([name, shape]) => tape.input(name, shape));
    const global = globalAutoencoder(network, image, channels, size / 8);
    const loss = ulsadLoss(
      features,
      featureAutoencoder(network, features, { kernel, rectified: true }),
      global,
    );
    const optimiser = adam({ weightDecay: 2e-5 });
    return { step: trainingStep(loss, network, optimiser), optimiser, rate: 1e-3, shapes };
  },
};

/** One round of ours: step times in ms, after one that sets up memory, and the peak in MB. */
async function ours() {
  const { step, optimiser, rate, shapes } = METHODS[values.method]();
  const session = await TrainingSession.start({
    models: { step: step.model },
    main: 'step',
    state: Object.fromEntries(step.state.map(({ name, data, shape }) => [name, { data, shape }])),
    threads,
  });
  const uniform = uniformNumbers(1);
  const examples = Object.entries(shapes).map(([name, shape]) => {
    const length = shape.reduce((a, b) => a * b);
    return [name, { data: Float32Array.from({ length }, () => 2 * uniform() - 1), shape }];
  });
  const times = [];
  for (let at = 0; at <= steps; at++) {
    const scalars = optimiser.valuesAt(at + 1, rate);
    // The memory of what is fed goes to the thread.
    const feeds = Object.fromEntries([
      ...examples.map(([name, { data, shape }]) => [name, { data: data.slice(), shape }]),
      ...optimiser.scalars.map((name, i) => [name, { data: Float32Array.of(scalars[i]), shape: [1] }]),
    ]);
    const start = performance.now();
    await session.run('step', feeds);
    if (at > 0) times.push(performance.now() - start);
  }
  await session.close();
  return { times, peak: process.resourceUsage().maxRSS / 1e3 };
}

if (values.alone) {
  console.log(JSON.stringify(await ours()));
} else {
  const here = fileURLToPath(import.meta.url);
  const peer = join(dirname(here), `../../../bench/peers/${values.method}_torch.py`);
  const wanted = { size, batch, steps, threads, ...(values.method === 'ulsad' && { channels, kernel }) };
  const common = Object.entries(wanted).flatMap(([key, value]) => [`--${key}`, String(value)]);
  const own = [here, '--alone', '--method', values.method, ...common];
  if (values.backbone) own.push('--backbone', values.backbone);
  const run = (program, args) =>
    JSON.parse(execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  const rounds = { ours: [], torch: [] };
  for (let round = 0; round < Number(values.rounds); round++) {
    rounds.ours.push(run(process.execPath, own));
    rounds.torch.push(run(values.python, [peer, ...common]));
  }
  const of = (name) => ({
    ms: median(rounds[name].flatMap(({ times }) => times)),
    peak: median(rounds[name].map(({ peak }) => peak)),
  });
  const [a, b] = [of('ours'), of('torch')];
  console.log(
    `${values.method} step, ${size} px, batch ${batch}, ${threads} threads, level ${cpuInfo().level}`,
  );
  console.log(`here  ${a.ms.toFixed(0)} ms, peak ${a.peak.toFixed(0)} MB`);
  console.log(`torch ${b.ms.toFixed(0)} ms, peak ${b.peak.toFixed(0)} MB`);
  console.log(`ratio ${(a.ms / b.ms).toFixed(2)} in time, ${(a.peak / b.peak).toFixed(2)} in memory`);
}
