import {
  type InputConvention,
  type Metrics,
  openDataset,
  type QuantizeReport,
  quantizeBackbone,
} from '@ad/models';
import { Command, InvalidArgumentError, Option } from 'commander';
import {
  addPreprocessOptions,
  layersOption,
  normalizeOption,
  type PreprocessOptions,
  preprocessOf,
  whole,
} from '../../options.js';
import { bytes, printJson } from '../../output/format.js';
import { createReporter } from '../../output/progress.js';

interface QuantizeFlags extends PreprocessOptions {
  data: string;
  out: string;
  layers?: string[];
  normalize?: InputConvention;
  images?: number;
  maxLoss?: number | 'none';
  threads?: number;
  json?: true;
}

const EXAMPLES = `
Examples:
  ad backbone quantize resnet18.onnx --layers layer2,layer3 --data ./bottle --out resnet18-int8.onnx
  ad fit --data ./bottle --out bottle.ad --backbone resnet18-int8.onnx`;

/** `ad backbone quantize`: a backbone in eight bits, measured on the user's data before it is written. */
export function quantize(signal: AbortSignal): Command {
  const command = new Command('quantize')
    .description('write a backbone that computes in eight bits, if it is as good on your data')
    .argument('<file.onnx>', 'ONNX file, or the name of a backbone')
    .requiredOption('--data <dir>', 'a data set: good images to calibrate on, test images to measure on')
    .requiredOption('--out <file.onnx>', 'where to write')
    .addOption(layersOption())
    .addOption(normalizeOption())
    .addOption(
      new Option('--images <n>', 'good images to calibrate on (default: 64, evenly from all)').argParser(
        whole(1),
      ),
    )
    .addOption(
      new Option(
        '--max-loss <auroc|none>',
        'image AUROC that may be lost on the data (default: 0.005)',
      ).argParser(loss),
    )
    .addOption(new Option('--threads <n>', 'threads to use (default: all)').argParser(whole(1)))
    .option('--json', 'print one JSON document on stdout and nothing else');
  return addPreprocessOptions(command)
    .addHelpText('after', EXAMPLES)
    .action((file: string, flags: QuantizeFlags) => run(file, flags, signal));
}

async function run(network: string, flags: QuantizeFlags, signal: AbortSignal): Promise<void> {
  const reporter = createReporter(flags.json === true);
  const { layers, normalize, images, maxLoss, threads } = flags;
  const report = await quantizeBackbone(network, await openDataset(flags.data), flags.out, {
    layers,
    convention: normalize,
    preprocess: preprocessOf(flags),
    images,
    maxLoss: maxLoss === 'none' ? null : maxLoss,
    threads,
    signal,
    onProgress: (stage, share) => reporter.progress(stage, share),
  });
  reporter.end();
  if (report.speed.after < report.speed.before) {
    reporter.warn(
      'the eight-bit network is slower here: what stays in single precision between its convolutions costs more than they win.',
    );
  }
  if (flags.json) printJson(report);
  else printReport(report);
}

function printReport({ file, bytes: size, speed, error, accuracy, ...report }: QuantizeReport): void {
  const { convolutions, calibration, layers, convention } = report;
  console.log(`int8       ${convolutions} convolutions, calibrated on ${calibration} good images`);
  console.log(`size       ${bytes(size.before)} -> ${bytes(size.after)}`);
  const rate = (value: number) => value.toFixed(1);
  console.log(
    `speed      ${rate(speed.before)} -> ${rate(speed.after)} images/s of the network alone: ${(speed.after / speed.before).toFixed(2)} times`,
  );
  const errors = error.map(({ layer, relative }) => `${layer} ${(100 * relative).toFixed(1)} %`);
  console.log(`features   differ by ${errors.join(', ')}`);
  if (accuracy) {
    for (const [key, name] of METRICS)
      console.log(`${name} ${change(accuracy.before[key], accuracy.after[key])}`);
  } else {
    console.log('accuracy   not measured: the data has no labelled defects');
  }
  console.log(`Saved ${file}.`);
  console.log(`Next: ad fit --backbone ${file} --layers ${layers.join(',')} --normalize ${convention} ...`);
}

const METRICS: readonly [keyof Metrics, string][] = [
  ['image_auroc', 'image AUROC'],
  ['pixel_auroc', 'pixel AUROC'],
  ['aupro', 'AUPRO (0.3)'],
];

function change(before: number | null, after: number | null): string {
  if (before === null || after === null) return '-';
  const difference = after - before;
  return `${before.toFixed(4)} -> ${after.toFixed(4)} (${difference < 0 ? '-' : '+'}${Math.abs(difference).toFixed(4)})`;
}

// Not null: commander takes a parsed null for a missing value.
function loss(text: string): number | 'none' {
  const value = Number(text);
  if (text === 'none') return text;
  if (text.trim() !== '' && value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError('expected a number from 0 to 1, or none.');
}
