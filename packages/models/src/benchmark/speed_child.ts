import { readdirSync, readFileSync, statSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { cpuInfo } from '@ad/core-native';
import { Backbone } from '../backbone/index.js';
import { fitModel } from '../model/fit.js';
import { AnomalyModel } from '../model/model.js';
import { choiceOf } from './method_spec.js';
import { dataOf } from './run_cell.js';
import type { SpeedResult, SpeedTask } from './speed.js';

/** Enough for a median of single images, few enough for slow methods. */
const SINGLES = 15;
const BATCH = 32;
const ROUNDS = 3;
/** A round of a slow method is not repeated. */
const LONG_MS = 20_000;

const task: SpeedTask = JSON.parse(process.argv[2]!);
try {
  process.stdout.write(JSON.stringify(task.phase === 'fit' ? await fit(task) : await predict(task)));
} catch (error) {
  // What started this process tells the last line.
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}

async function fit({ cell, backbone: file, convention, model: folder, ...where }: SpeedTask) {
  const { threads, device, provider } = where;
  const data = await dataOf(cell);
  const backbone = await Backbone.open(file, {
    layers: choiceOf(cell.method).layers,
    convention,
    threads,
    device,
    provider,
  });
  const begin = performance.now();
  const { settings, seed, preprocess } = cell;
  const model = await fitModel(cell.method, backbone, data.train, {
    settings,
    preprocess,
    seed,
    threads,
    threshold: { rule: 'none' },
  });
  const fitSeconds = (performance.now() - begin) / 1000;
  // Before saving, which reads the tensors once more.
  const fitPeak = peak();
  await model.save(folder, { embedBackbone: false });
  await model.close();
  const bytes = readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
  return { fitSeconds, fitPeak, model: bytes };
}

async function predict({
  cell,
  backbone,
  threads,
  device,
  provider,
  model: folder,
}: SpeedTask): Promise<Omit<SpeedResult, 'cell' | 'fitSeconds' | 'fitPeak' | 'model'>> {
  const { test } = await dataOf(cell);
  const model = await AnomalyModel.load(folder, { backbone, threads, device, provider });
  // A test set that is smaller goes round.
  const paths = Array.from({ length: BATCH }, (_, i) => test[i % test.length]!.path);
  for (const path of paths.slice(0, 2)) await model.predict(path, { threads });
  const singles: number[] = [];
  for (const path of paths.slice(0, SINGLES))
    singles.push(await milliseconds(() => model.predict(path, { threads })));
  const batches: number[] = [];
  do {
    batches.push(
      await milliseconds(async () => {
        for await (const _ of model.predictAll(paths, { threads }));
      }),
    );
  } while (batches.length < ROUNDS && batches[0]! < LONG_MS);
  const predictPeak = peak();
  await model.close();
  return {
    machine: {
      cpu: cpus()[0]?.model.trim() ?? 'unknown',
      cores: cpus().length,
      level: cpuInfo().level,
      node: process.version,
      threads: threads ?? availableParallelism(),
    },
    single: 1000 / median(singles),
    batch32: (1000 * BATCH) / median(batches),
    predictPeak,
  };
}

async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

/** Bytes. Linux's own count begins anew with the program; that of getrusage goes on from what started it. */
function peak(): number {
  try {
    const [, kilobytes] = /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    if (kilobytes !== undefined) return Number(kilobytes) * 1024;
  } catch {
    // Not Linux.
  }
  return process.resourceUsage().maxRSS * 1024;
}
