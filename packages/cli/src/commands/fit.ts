import { resolve } from 'node:path';
import {
  AdError,
  type Backbone,
  checkWritable,
  type Dataset,
  defaultRecipe,
  droppedShare,
  EnsembleModel,
  type FitEstimate,
  type FitOptions,
  fitEnsemble,
  fitModel,
  loadInput,
  METHOD_NAMES,
  openDataset,
  type PreprocessSettings,
  patchesPerImage,
  type ThresholdRule,
  Timing,
} from '@ad/models';
import { Command, Option } from 'commander';
import { addBackboneOptions, type BackboneFlags, openBackbones } from '../backbones.js';
import {
  addFeatureCacheOptions,
  type FeatureCacheFlags,
  openFeatureCache,
  reportFeatureCache,
} from '../feature_cache.js';
import { addMethodOptions, defaultLayers, methodSettings } from '../method_options.js';
import {
  addPreprocessOptions,
  addRunOptions,
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

interface FitFlags extends RunOptions, PreprocessOptions, BackboneFlags, FeatureCacheFlags {
  data: string;
  out: string;
  method: string;
  seed: number;
  threshold: ThresholdRule;
  skipUnreadable?: true;
  embedBackbone: boolean;
  maxMemory?: number;
  checkpoints?: string;
}

/** A minute of training is what an interruption may cost. */
const CHECKPOINT_SECONDS = 60;

const EXAMPLES = `
Examples:
  ad fit --data ./bottle --out bottle.ad
  ad fit --data ./good-parts --out part.ad --threshold quantile:0.995
  ad fit --data ./bottle --out bottle.ad --backbone resnet18.onnx --layers layer2,layer3 --coreset 0.1
  ad fit --data ./bottle --out bottle.ad --backbone resnet18.onnx --backbone mobilenetv2
  ad fit --data ./bottle --out bottle.ad --json > fit.json`;

/** `ad fit`: learns what good parts look like. */
export function fit(signal: AbortSignal): Command {
  const command = new Command('fit')
    .description('learn from a folder of good parts')
    .requiredOption('--data <dir>', 'a folder of good images, or a data set (MVTec layout, good/bad folders)')
    .requiredOption('--out <name.ad>', 'model folder to write')
    .addOption(new Option('--method <name>', 'method to fit').choices(METHOD_NAMES).default(METHOD_NAMES[0]))
    .addOption(new Option('--seed <n>', 'decides everything random').argParser(whole(0)).default(0))
    .addOption(thresholdOption())
    .addOption(skipOption())
    .addOption(
      new Option(
        '--max-memory <size>',
        'what fitting may hold beside the backbone (default: what is free)',
      ).argParser(memorySize),
    )
    .option(
      '--checkpoints <dir>',
      'for methods that train: keep the training here every minute; the same command continues it',
    )
    .option('--no-embed-backbone', 'keep only the digest of the backbone in the model');
  return addMethodOptions(
    addRunOptions(addFeatureCacheOptions(addPreprocessOptions(addBackboneOptions(command)))),
  )
    .addHelpText('after', EXAMPLES)
    .action((flags: FitFlags) => run(flags, signal));
}

async function run(flags: FitFlags, signal: AbortSignal): Promise<void> {
  const reporter = createReporter(flags.json === true);
  const timing = new Timing();
  await checkWritable(flags.out);
  const data = await openDataset(flags.data);
  const preprocess = preprocessOf(flags);
  const settings = methodSettings(flags.method, flags as unknown as Record<string, unknown>);
  const { threads, device, provider, seed } = flags;
  const cache = await openFeatureCache(flags);
  const backbones = await openBackbones(flags, defaultLayers(flags.method), { threads, device, provider });
  let planned = 0;
  try {
    const { preprocess: whole } = defaultRecipe(flags.method, settings);
    await warnOfDroppedRim(data, { ...whole, ...preprocess }, reporter);
    const options: FitOptions = {
      settings,
      preprocess,
      seed,
      threads,
      signal,
      timing,
      cache,
      threshold: flags.threshold,
      labelled: data.test,
      dataset: data.name,
      checkpoints:
        flags.checkpoints === undefined
          ? undefined
          : { folder: flags.checkpoints, seconds: CHECKPOINT_SECONDS },
      onProgress: ({ stage, share, detail, secondsLeft }) =>
        reporter.progress(stage, share, undefined, { detail, secondsLeft }),
      maxMemory: flags.maxMemory,
      onPlan: (estimate) => {
        planned = Math.max(planned, estimate.peak);
        if (backbones.length > 1) reporter.note(`member      ${estimate.backbone}`);
        reporter.note(planText(data.name, estimate));
        if (estimate.note) reporter.warn(estimate.note);
      },
      onUnreadable: flags.skipUnreadable
        ? (_, error) => reporter.warn(`left out: ${error.message}`)
        : undefined,
    };
    const [first, ...others] = backbones as [Backbone, ...Backbone[]];
    const model =
      others.length > 0
        ? await fitEnsemble(flags.method, backbones, data.train, options)
        : await fitModel(flags.method, first, data.train, options);
    reporter.end();
    await model.save(flags.out, { embedBackbone: flags.embedBackbone });
    const { bank, dimension } = model.facts;
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
        facts: model.facts,
        ...(model instanceof EnsembleModel && { members: membersOf(model) }),
        threshold: image,
        skipped: model.training.skipped,
        memory: { planned, peak: peakMemory() },
        ...(cache && { feature_cache: cache.counts }),
        timing_s: timing,
      });
      return;
    }
    reporter.note(`time        ${timingText(timing.toJSON())}`);
    reportFeatureCache(cache, reporter);
    reporter.note(`threshold   ${thresholdText(image)}`);
    if (model instanceof EnsembleModel) {
      for (const { backbone, facts } of membersOf(model))
        reporter.note(`member      ${backbone}: ${factsText(facts)}`);
    }
    console.log(`Saved ${flags.out}: ${model.methodName}, ${factsText(model.facts)}.`);
    console.log(`Next: ad predict --model ${flags.out} IMAGE... --out results`);
  } finally {
    await Promise.all(backbones.map((backbone) => backbone.close()));
  }
}

function membersOf({ members }: EnsembleModel) {
  return members.map(({ model, image, pixel }) => ({
    backbone: model.backbone.name,
    facts: model.facts,
    image,
    pixel,
  }));
}

function factsText(facts: Record<string, number | string>): string {
  return Object.entries(facts)
    .map(([k, v]) => `${k} ${typeof v === 'number' && !Number.isInteger(v) ? +v.toPrecision(4) : v}`)
    .join(', ');
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
async function warnOfDroppedRim(
  data: Dataset,
  preprocess: PreprocessSettings,
  reporter: Reporter,
): Promise<void> {
  const first = data.train[0];
  if (!first) return;
  try {
    const { geometry } = await loadInput(first.path, preprocess);
    const share = droppedShare(geometry);
    if (share <= NOTABLE_RIM) return;
    reporter.warn(
      `the crop leaves out ${Math.floor(share * 100)} % of each image; a defect there would not be seen. ` +
        'Use --crop none to inspect all of it, or --resize stretch --crop none for images that are not square.',
    );
  } catch (error) {
    // An unreadable first image is fit's to report, together with any others.
    if (!(error instanceof AdError)) throw error;
  }
}
