import { resolve } from 'node:path';
import {
  AdError,
  Backbone,
  type Dataset,
  droppedShare,
  EMBEDDED_BACKBONE,
  type FitEstimate,
  fitModel,
  loadInput,
  METHOD_NAMES,
  openDataset,
  patchesPerImage,
  type ThresholdRule,
  Timing,
} from '@ad/models';
import { Command, Option } from 'commander';
import { addMethodOptions, defaultLayers, methodSettings } from '../method_options.js';
import {
  addPreprocessOptions,
  addRunOptions,
  layersOption,
  memorySize,
  type PreprocessOptions,
  preprocessOf,
  type RunOptions,
  skipOption,
  thresholdOption,
  whole,
} from '../options.js';
import { bytes, printJson, thresholdText, timingText } from '../output/format.js';
import { createReporter, type Reporter } from '../output/progress.js';

interface FitFlags extends RunOptions, PreprocessOptions {
  data: string;
  out: string;
  method: string;
  backbone: string;
  layers?: string[];
  seed: number;
  threshold: ThresholdRule;
  skipUnreadable?: true;
  embedBackbone: boolean;
  maxMemory?: number;
}

const EXAMPLES = `
Examples:
  ad fit --data ./bottle --out bottle.ad
  ad fit --data ./good-parts --out part.ad --threshold quantile:0.995
  ad fit --data ./bottle --out bottle.ad --backbone resnet18.onnx --layers layer2,layer3 --coreset 0.1
  ad fit --data ./bottle --out bottle.ad --json > fit.json`;

/** `ad fit`: learns what good parts look like. */
export function fit(signal: AbortSignal): Command {
  const command = new Command('fit')
    .description('learn from a folder of good parts')
    .requiredOption('--data <dir>', 'a folder of good images, or a data set (MVTec layout, good/bad folders)')
    .requiredOption('--out <name.ad>', 'model folder to write')
    .addOption(new Option('--method <name>', 'method to fit').choices(METHOD_NAMES).default(METHOD_NAMES[0]))
    .option('--backbone <name|file.onnx>', 'feature extractor', EMBEDDED_BACKBONE)
    .addOption(layersOption())
    .addOption(new Option('--seed <n>', 'decides everything random').argParser(whole(0)).default(0))
    .addOption(thresholdOption())
    .addOption(skipOption())
    .addOption(
      new Option(
        '--max-memory <size>',
        'what fitting may hold beside the backbone (default: what is free)',
      ).argParser(memorySize),
    )
    .option('--no-embed-backbone', 'keep only the digest of the backbone in the model');
  return addMethodOptions(addRunOptions(addPreprocessOptions(command)))
    .addHelpText('after', EXAMPLES)
    .action((flags: FitFlags) => run(flags, signal));
}

async function run(flags: FitFlags, signal: AbortSignal): Promise<void> {
  const reporter = createReporter(flags.json === true);
  const timing = new Timing();
  const data = await openDataset(flags.data);
  const preprocess = preprocessOf(flags);
  const settings = methodSettings(flags.method, flags as unknown as Record<string, unknown>);
  const { threads, device, provider, normalize: convention, seed } = flags;
  const layers = flags.layers ?? defaultLayers(flags.method);
  const backbone = await Backbone.open(flags.backbone, { layers, convention, threads, device, provider });
  let planned = 0;
  try {
    await warnOfDroppedRim(data, flags, reporter);
    const model = await fitModel(flags.method, backbone, data.train, {
      settings,
      preprocess,
      seed,
      threads,
      signal,
      timing,
      threshold: flags.threshold,
      labelled: data.test,
      dataset: data.name,
      onProgress: ({ stage, share }) => reporter.progress(stage, share),
      maxMemory: flags.maxMemory,
      onPlan: (estimate) => {
        planned = estimate.peak;
        reporter.note(planText(data.name, estimate));
        if (estimate.note) reporter.warn(estimate.note);
      },
      onUnreadable: flags.skipUnreadable
        ? (_, error) => reporter.warn(`left out: ${error.message}`)
        : undefined,
    });
    reporter.end();
    await model.save(flags.out, { embedBackbone: flags.embedBackbone });
    const { bank, dimension } = model.fitted.facts;
    const { image } = model.thresholds;
    if (flags.json) {
      printJson({
        model: resolve(flags.out),
        dataset: data.name,
        method: model.methodName,
        seed,
        images: model.training.images,
        patches: model.training.patches,
        bank: bank ?? null,
        dimension: dimension ?? null,
        facts: model.fitted.facts,
        threshold: image,
        skipped: model.training.skipped,
        memory: { planned, peak: peakMemory() },
        timing_s: timing,
      });
      return;
    }
    reporter.note(`time        ${timingText(timing.toJSON())}`);
    reporter.note(`threshold   ${thresholdText(image)}`);
    console.log(
      `Saved ${flags.out}: ${model.methodName}, ${Object.entries(model.fitted.facts)
        .map(([k, v]) => `${k} ${typeof v === 'number' && !Number.isInteger(v) ? +v.toPrecision(4) : v}`)
        .join(', ')}.`,
    );
    console.log(`Next: ad predict --model ${flags.out} IMAGE... --out results`);
  } finally {
    await backbone.close();
  }
}

function planText(name: string, { images, layers, heldOut, memory, peak }: FitEstimate): string {
  const held = heldOut ? `, ${heldOut} held out for the threshold` : '';
  return (
    `${name}: ${images} good images to learn from${held}, ${images * patchesPerImage({ layers })} patches; ` +
    `${bytes(memory)} for them, about ${bytes(peak)} in all at the peak`
  );
}

/** The most memory that this process has held, in bytes. */
function peakMemory(): number {
  return process.resourceUsage().maxRSS * 1024;
}

const NOTABLE_RIM = 0.25;

/** A defect at the rim must not vanish silently. */
async function warnOfDroppedRim(data: Dataset, flags: FitFlags, reporter: Reporter): Promise<void> {
  const first = data.train[0];
  if (!first) return;
  try {
    const { geometry } = await loadInput(first.path, preprocessOf(flags));
    const share = droppedShare(geometry);
    if (share <= NOTABLE_RIM) return;
    reporter.warn(
      `the crop leaves out ${Math.round(share * 100)} % of each image; a defect there would not be seen. ` +
        'Use --crop none to inspect all of it, or --resize stretch --crop none for images that are not square.',
    );
  } catch (error) {
    // An unreadable first image is fit's to report, together with any others.
    if (!(error instanceof AdError)) throw error;
  }
}
