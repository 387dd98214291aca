import { resolve } from 'node:path';
import {
  AnomalyModel,
  type Evaluation,
  evaluate as evaluateModel,
  openDataset,
  type Sample,
  Timing,
} from '@ad/models';
import { Command } from 'commander';
import pc from 'picocolors';
import { addRunOptions, type RunOptions, skipOption } from '../options.js';
import { printJson } from '../output/format.js';
import { createReporter } from '../output/progress.js';

interface EvaluateFlags extends RunOptions {
  model: string;
  data: string;
  backbone?: string;
  skipUnreadable?: true;
}

const EXAMPLES = `
Examples:
  ad evaluate --model bottle.ad --data ./bottle
  ad evaluate --model bottle.ad --data ./bottle --json | jq .metrics`;

/** `ad evaluate`: the field's metrics on labelled images. */
export function evaluate(signal: AbortSignal): Command {
  const command = new Command('evaluate')
    .description('measure a model on labelled images')
    .requiredOption('--model <name.ad>', 'model folder')
    .requiredOption('--data <dir>', 'a data set with good and defective test images')
    .option('--backbone <file.onnx>', 'where the model does not contain its backbone')
    .addOption(skipOption());
  return addRunOptions(command)
    .addHelpText('after', EXAMPLES)
    .action((flags: EvaluateFlags) => run(flags, signal));
}

async function run(flags: EvaluateFlags, signal: AbortSignal): Promise<void> {
  const reporter = createReporter(flags.json === true);
  const timing = new Timing();
  const data = await openDataset(flags.data);
  const { threads, device, provider, backbone } = flags;
  const model = await AnomalyModel.load(flags.model, { threads, device, provider, backbone });
  try {
    const samples: Sample[] = data.test;
    const count = { count: samples.length, unit: 'images' };
    reporter.progress('evaluate', 0, count);
    const result = await evaluateModel(model, samples, {
      signal,
      threads,
      timing,
      onProgress: (share) => reporter.progress('evaluate', share, count),
      onUnreadable: flags.skipUnreadable
        ? (_, error) => reporter.warn(`left out: ${error.message}`)
        : undefined,
    });
    reporter.end();
    result.notes.push(...data.notes);
    if (flags.json)
      printJson({ model: resolve(flags.model), dataset: data.name, ...result, timing_s: timing });
    else printTable(result);
  } finally {
    await model.close();
  }
}

/** Metrics, how sure they are, and what a reader should know. */
export function printTable({ metrics, intervals, notes, predictions }: Evaluation): void {
  const names: Record<keyof Evaluation['metrics'], string> = {
    image_auroc: 'image AUROC',
    image_f1_max: 'image F1 max',
    image_balanced_accuracy: 'balanced accuracy',
    pixel_auroc: 'pixel AUROC',
    aupro: 'AUPRO (0.3)',
  };
  console.log(pc.dim(`${' '.repeat(26)}95 % interval`));
  for (const [key, name] of Object.entries(names)) {
    const value = metrics[key as keyof typeof metrics];
    const interval = intervals[key as keyof typeof intervals];
    const sure = interval ? pc.dim(`   ${interval.low.toFixed(4)} .. ${interval.high.toFixed(4)}`) : '';
    console.log(`${name.padEnd(17)} ${value === null ? pc.dim('-') : pc.bold(value.toFixed(4))}${sure}`);
  }
  const defects = predictions.filter((prediction) => prediction.label === 'defect').length;
  console.log(pc.dim(`${predictions.length} images, ${defects} of them defective`));
  for (const note of notes) console.log(pc.dim(`note: ${note}`));
}
