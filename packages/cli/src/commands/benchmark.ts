import { basename } from 'node:path';
import { AdError, EMBEDDED_BACKBONE, type InputConvention, METHOD_NAMES } from '@ad/models';
import {
  type BenchmarkPlan,
  type Cell,
  type Estimate,
  estimatePlan,
  measureSpeeds,
  methodLabel,
  parseMethodSpec,
  planBenchmark,
  RunStore,
  runPlan,
  writeReport,
} from '@ad/models/benchmark';
import { Command, Option } from 'commander';
import pc from 'picocolors';
import { EXIT } from '../failure.js';
import {
  addPreprocessOptions,
  addRunOptions,
  memorySize,
  normalizeOption,
  type PreprocessOptions,
  preprocessOf,
  type RunOptions,
} from '../options.js';
import { printJson } from '../output/format.js';
import { createReporter, seconds } from '../output/progress.js';

interface BenchmarkFlags extends RunOptions, PreprocessOptions {
  normalize?: InputConvention;
  data: string[];
  out: string;
  categories?: string[];
  methods: string[];
  backbones: string[];
  coreset?: number[];
  shots: (number | null)[];
  seeds: number[];
  maxMemory?: number;
  speed?: true;
  retryFailed?: true;
  plan?: true;
}

const EXAMPLES = `
Examples:
  ad benchmark --data ./mvtec --out results
  ad benchmark --data ./mvtec --categories bottle,cable --methods patchcore,padim --backbones resnet18.onnx --seeds 0..2 --out results
  ad benchmark --data ./bottle --methods patchcore --coreset 1,0.25,0.1,0.01 --out results
  ad benchmark --data ./bottle --methods patchcore,dfm:score=nll --shots 1,2,5,10,16,20,50 --seeds 0..4 --out results
  ad benchmark --data ./bottle --speed --out results       adds images per second and memory
A run that was stopped goes on where it was; started twice with one --out, two processes share the work.`;

/** `ad benchmark`: methods, backbones and data sets against each other, as the field's tables have them. */
export function benchmark(signal: AbortSignal): Command {
  const command = new Command('benchmark')
    .description('measure methods on data sets and write tables and plots; resumes')
    .requiredOption('--data <dir...>', 'data sets, or folders of several')
    .requiredOption('--out <dir>', 'folder of results: report.md, tables, plots, one file per cell')
    .addOption(new Option('--categories <a,b>', 'which of several data sets (default: all)').argParser(list))
    .addOption(
      new Option('--methods <a,b>', `of ${METHOD_NAMES.join(', ')}, with settings as in dfm:score=nll`)
        .argParser(list)
        .default([...METHOD_NAMES], 'all'),
    )
    .addOption(normalizeOption())
    .addOption(
      new Option('--backbones <a,b>', 'names or ONNX files')
        .argParser(list)
        .default([EMBEDDED_BACKBONE], EMBEDDED_BACKBONE),
    )
    .addOption(new Option('--coreset <a,b>', 'shares for methods with a coreset').argParser(shares))
    .addOption(
      new Option('--shots <a,b>', "good images to learn from, chosen by the seed; 'all' for all")
        .argParser(shotList)
        .default([null], 'all'),
    )
    .addOption(
      new Option('--seeds <a..b>', '0..4 or 0,1,2; one is run where it changes nothing')
        .argParser(seedList)
        .default([0], '0'),
    )
    .addOption(
      new Option(
        '--max-memory <size>',
        'what kept feature maps may take (default: half of what is free)',
      ).argParser(memorySize),
    )
    .option(
      '--speed',
      'also measure images per second and memory, in processes of their own; wants an idle machine',
    )
    .option('--retry-failed', 'do again what failed before')
    .option('--plan', 'print what would be done, and stop');
  return addRunOptions(addPreprocessOptions(command))
    .addHelpText('after', EXAMPLES)
    .action((flags: BenchmarkFlags) => run(flags, signal));
}

async function run(flags: BenchmarkFlags, signal: AbortSignal): Promise<void> {
  const reporter = createReporter(flags.json === true);
  const { threads, device, provider, maxMemory, normalize: convention } = flags;
  const plan = await planBenchmark({
    data: flags.data,
    categories: flags.categories,
    methods: flags.methods.map(parseMethodSpec),
    backbones: flags.backbones,
    coreset: flags.coreset,
    shots: flags.shots,
    seeds: flags.seeds,
    preprocess: preprocessOf(flags),
    convention,
  });
  const store = new RunStore(flags.out);
  const own = plan.cells.map(({ id }) => id);
  if (flags.retryFailed && !flags.plan) await store.forgetFailures(own);
  const options = { threads, device, provider, maxMemory, signal };
  const estimate = await estimatePlan(plan, store, options);
  for (const line of planText(plan, estimate)) reporter.note(line);
  if (flags.plan) {
    if (flags.json) printJson({ cells: plan.cells, estimate });
    return;
  }
  await runPlan(plan, store, {
    ...options,
    onProgress: (stage, share) => reporter.progress(stage, share),
    onCell: (done, cell, error) => {
      const { category, backbone, shots, seed } = cell;
      const what = `${category}  ${methodLabel(cell)}  ${backbone}  ${shots ?? 'all'} images  seed ${seed}`;
      if (error) reporter.warn(`${what}: ${error.code} ${error.message}`);
      else reporter.note(`${pc.dim(`${done}/${plan.cells.length}`)} ${what}`);
    },
  });
  if (flags.speed) {
    const files = new Map(flags.backbones.map((file) => [basename(file, '.onnx'), file]));
    const onProgress = (share: number) => reporter.progress('speed', share);
    const onFailure = (cell: Cell, { code, message }: AdError) =>
      reporter.warn(`speed of ${methodLabel(cell)}: ${code} ${message}`);
    await measureSpeeds(plan, files, store, { threads, device, provider, signal, onProgress, onFailure });
  }
  reporter.end();
  const written = await writeReport(store);
  const failed = (await store.failures(own)).length;
  if (flags.json) printJson({ out: flags.out, cells: plan.cells.length, failed, files: written });
  else
    console.log(
      `${plan.cells.length} cells${failed > 0 ? `, ${failed} failed` : ''}; see ${flags.out}/report.md.`,
    );
  if (failed > 0) process.exitCode = EXIT.failed;
}

function planText({ cells, images, backbones, notes }: BenchmarkPlan, estimate: Estimate): string[] {
  const methods = [...new Set(cells.map(methodLabel))];
  const of = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;
  const unknown = estimate.unknown.join(', ');
  const more = unknown && `, and what ${unknown} ${estimate.unknown.length === 1 ? 'takes' : 'take'}`;
  return [
    `${of(cells.length, 'cell')}: ${of(images.size, 'data set')} (${[...images].map(([name, n]) => `${name} ${n} images`).join(', ')}), ${of(backbones.size, 'backbone')} (${[...backbones.keys()].join(', ')})`,
    `methods: ${methods.join(', ')}`,
    ...notes,
    estimate.cells === 0
      ? 'all of them are done'
      : `${of(estimate.cells, 'cell')} to do: about ${seconds(estimate.seconds)}${more}`,
  ];
}

function list(text: string): string[] {
  return text
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean);
}

function shares(text: string): number[] {
  const values = list(text).map(Number);
  if (values.length > 0 && values.every((value) => Number.isFinite(value) && value > 0)) return values;
  throw new AdError('E_ARGUMENT', `--coreset is '${text}'; expected numbers above 0 between commas.`);
}

function shotList(text: string): (number | null)[] {
  const values = list(text).map((one) => (one === 'all' ? null : Number(one)));
  const counts = values.filter((value) => value !== null);
  if (values.length > 0 && counts.every((value) => Number.isSafeInteger(value) && value > 0)) return values;
  throw new AdError(
    'E_ARGUMENT',
    `--shots is '${text}'; expected whole numbers above 0, or 'all', between commas.`,
  );
}

/** `0..4`, or numbers between commas. */
function seedList(text: string): number[] {
  const [, first, last] = /^(\d+)\.\.(\d+)$/.exec(text.trim()) ?? [];
  const seeds =
    first === undefined
      ? list(text).map(Number)
      : Array.from({ length: Number(last) - Number(first) + 1 }, (_, i) => Number(first) + i);
  if (seeds.length > 0 && seeds.every((seed) => Number.isSafeInteger(seed) && seed >= 0))
    return [...new Set(seeds)];
  throw new AdError('E_ARGUMENT', `--seeds is '${text}'; expected whole numbers, as in 0..4 or 0,1,2.`);
}
