// A step of STFPM's training beside a PyTorch step of the same network, in alternating rounds, each in a process of its
// own: the median time of a step and the largest resident set.
//
//   node bench/training_step.mjs --backbone <resnet18 .onnx> --python <python with torch> [--size 128] [--batch 32]
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { cpuInfo } from '@ad/core-native';
import { Model } from '@ad/onnx';
import { kaimingFanOut, sgd, Tape, TrainingLayers, trainingStep } from '@ad/onnx/autodiff';
import { stfpmLoss } from '../dist/methods/stfpm/network.js';
import { mapName } from '../dist/methods/trained/collect.js';
import { normalNumbers, uniformNumbers } from '../dist/training/random.js';
import { TrainingSession } from '../dist/training/training_session.js';

const { values } = parseArgs({
  options: {
    backbone: { type: 'string' },
    python: { type: 'string', default: 'python3' },
    size: { type: 'string', default: '128' },
    batch: { type: 'string', default: '32' },
    steps: { type: 'string', default: '4' },
    rounds: { type: 'string', default: '3' },
    threads: { type: 'string', default: '2' },
    alone: { type: 'boolean', default: false },
  },
});
const [size, batch, steps, threads] = ['size', 'batch', 'steps', 'threads'].map((key) => Number(values[key]));
const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];

/** One round of ours: step times in ms, after one that sets up memory, and the peak in MB. */
async function ours() {
  const layers = [64, 128, 256].map((channels, i) => ({
    channels,
    height: size >> (i + 2),
    width: size >> (i + 2),
  }));
  const { graph } = Model.read(readFileSync(values.backbone));
  const task = { graph, names: ['layer1', 'layer2', 'layer3'], layers, input: { height: size, width: size } };
  const tape = new Tape();
  const network = new TrainingLayers(tape, kaimingFanOut(normalNumbers(0)));
  const optimiser = sgd({ momentum: 0.9, weightDecay: 1e-3 });
  const { model, state } = trainingStep(stfpmLoss(tape, network, task, batch), network, optimiser);
  const session = await TrainingSession.start({
    models: { step: model },
    state: Object.fromEntries(state.map(({ name, data, shape }) => [name, { data, shape }])),
    threads,
  });
  const uniform = uniformNumbers(1);
  const random = (shape) => ({
    data: Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => 2 * uniform() - 1),
    shape,
  });
  const feeds = {
    image: random([batch, 3, size, size]),
    rate: { data: Float32Array.of(0.4), shape: [1] },
    ...Object.fromEntries(
      layers.map((layer, i) => [mapName(i), random([batch, layer.channels, layer.height, layer.width])]),
    ),
  };
  const copy = () =>
    Object.fromEntries(
      Object.entries(feeds).map(([name, { data, shape }]) => [name, { data: data.slice(), shape }]),
    );
  const times = [];
  for (let step = 0; step <= steps; step++) {
    const given = copy();
    const start = performance.now();
    await session.run('step', given);
    if (step > 0) times.push(performance.now() - start);
  }
  await session.close();
  return { times, peak: process.resourceUsage().maxRSS / 1e3 };
}

if (values.alone) {
  console.log(JSON.stringify(await ours()));
} else {
  const here = fileURLToPath(import.meta.url);
  const peer = join(dirname(here), '../../../bench/peers/stfpm_torch.py');
  const common = ['--size', size, '--batch', batch, '--steps', steps, '--threads', threads].map(String);
  const run = (program, args) =>
    JSON.parse(execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  const rounds = { ours: [], torch: [] };
  for (let round = 0; round < Number(values.rounds); round++) {
    rounds.ours.push(run(process.execPath, [here, '--alone', '--backbone', values.backbone, ...common]));
    rounds.torch.push(run(values.python, [peer, ...common]));
  }
  const of = (name) => ({
    ms: median(rounds[name].flatMap(({ times }) => times)),
    peak: median(rounds[name].map(({ peak }) => peak)),
  });
  const [a, b] = [of('ours'), of('torch')];
  console.log(
    `STFPM step, ResNet-18 layers 1-3, ${size} px, batch ${batch}, ${threads} threads, level ${cpuInfo().level}`,
  );
  console.log(`here  ${a.ms.toFixed(0)} ms, peak ${a.peak.toFixed(0)} MB`);
  console.log(`torch ${b.ms.toFixed(0)} ms, peak ${b.peak.toFixed(0)} MB`);
  console.log(`ratio ${(a.ms / b.ms).toFixed(2)} in time, ${(a.peak / b.peak).toFixed(2)} in memory`);
}
