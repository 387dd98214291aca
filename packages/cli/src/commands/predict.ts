import { dirname, join, relative, resolve } from 'node:path';
import { type AdError, listImages, openModel, type Prediction, Timing } from '@ad/models';
import { Command } from 'commander';
import pc from 'picocolors';
import { givenBackboneOption } from '../backbones.js';
import { EXIT } from '../failure.js';
import {
  addFeatureCacheOptions,
  type FeatureCacheFlags,
  openFeatureCache,
  reportFeatureCache,
} from '../feature_cache.js';
import { addRunOptions, type RunOptions, skipOption } from '../options.js';
import { printJson } from '../output/format.js';
import { isLocated, type Located, writeOverlay } from '../output/overlay.js';
import { createReporter } from '../output/progress.js';
import { writing } from '../output/writing.js';

interface PredictFlags extends RunOptions, FeatureCacheFlags {
  model: string;
  out?: string;
  backbone?: string[];
  skipUnreadable?: true;
}

const EXAMPLES = `
Examples:
  ad predict --model bottle.ad part.png
  ad predict --model bottle.ad ./new-parts --out results
  ad predict --model bottle.ad ./new-parts --json | jq '.predictions[] | select(.anomalous)'`;

/** `ad predict`: scores new images, shows where the defect is. */
export function predict(signal: AbortSignal): Command {
  const command = new Command('predict')
    .description('score new images and show where the defect is')
    .argument('<image|dir...>', 'images, or folders of them')
    .requiredOption('--model <name.ad>', 'model folder')
    .option('--out <dir>', 'write a heatmap overlay of each image here')
    .addOption(givenBackboneOption())
    .addOption(skipOption());
  return addRunOptions(addFeatureCacheOptions(command))
    .addHelpText('after', EXAMPLES)
    .action((inputs: string[], flags: PredictFlags) => run(inputs, flags, signal));
}

async function run(inputs: string[], flags: PredictFlags, signal: AbortSignal): Promise<void> {
  const reporter = createReporter(flags.json === true);
  const timing = new Timing();
  const paths = await listImages(inputs);
  const { threads, device, provider, backbone } = flags;
  const cache = await openFeatureCache(flags);
  const model = await openModel(flags.model, { threads, device, provider, backbone });
  try {
    const skipped: { path: string; code: string; message: string }[] = [];
    const leaveOut = (path: string, { code, message }: AdError) => {
      skipped.push({ path, code, message });
      reporter.warn(`left out: ${message}`);
    };
    const onUnreadable = flags.skipUnreadable ? leaveOut : undefined;
    const overlays = flags.out === undefined ? undefined : overlayPaths(paths, flags.out);
    const draw = async (path: string, prediction: Located): Promise<string | null> => {
      const overlay = overlays?.get(path);
      if (overlay === undefined) return null;
      await timing.measure('overlay', () =>
        writing(flags.out!, () => writeOverlay(overlay, path, prediction, model)),
      );
      return overlay;
    };
    const predictions: Record<string, unknown>[] = [];
    const count = { count: paths.length, unit: 'images' };
    reporter.progress('predict', 0, count);
    for await (const [path, prediction] of model.predictAll(paths, {
      signal,
      threads,
      timing,
      cache,
      onUnreadable,
    })) {
      const overlay = isLocated(prediction) ? await draw(path, prediction) : null;
      const { score, anomalous, regions, inspected, members } = prediction;
      predictions.push({ path, score, anomalous, inspected, regions, overlay, ...(members && { members }) });
      reporter.progress('predict', predictions.length / paths.length, count);
      if (!flags.json && paths.length <= 50) reporter.note(lineOf(path, prediction));
    }
    reporter.end();
    reportFeatureCache(cache, reporter);
    // A part that nobody has looked at must not look like a good one.
    if (predictions.length === 0) process.exitCode = EXIT.failed;
    const drawn = predictions.some(({ overlay }) => overlay !== null);
    if (flags.out && !drawn && predictions.length > 0) {
      reporter.warn(
        `${model.methodName} as it was fitted judges whole images: there are no overlays to write.`,
      );
    }
    if (flags.json) {
      const { image, pixel } = model.thresholds;
      printJson({
        model: resolve(flags.model),
        threshold: image,
        pixel_threshold: pixel,
        predictions,
        skipped,
        ...(cache && { feature_cache: cache.counts }),
        timing_s: timing,
      });
      return;
    }
    const bad = predictions.filter((prediction) => prediction.anomalous === true).length;
    const verdict = model.thresholds.image.value === null ? '' : `, ${bad} anomalous`;
    const left = skipped.length > 0 ? `, ${skipped.length} left out` : '';
    console.log(
      `${predictions.length} ${predictions.length === 1 ? 'image' : 'images'}${verdict}${left}${drawn ? `; overlays in ${flags.out}` : ''}.`,
    );
  } finally {
    await model.close();
  }
}

function lineOf(path: string, { score, anomalous, regions }: Prediction): string {
  const verdict = anomalous === null ? pc.dim('  -  ') : anomalous ? pc.red('defect') : pc.green('good  ');
  const [largest] = regions;
  const place =
    anomalous && largest
      ? pc.dim(`  at ${largest.left},${largest.top} ${largest.width}x${largest.height}`)
      : '';
  return `${verdict} ${score.toFixed(4).padStart(9)}  ${path}${place}`;
}

/** One overlay per image, below `out`, in the folders that tell images of one name apart. */
function overlayPaths(paths: string[], out: string): Map<string, string> {
  const folders = paths.map((path) => dirname(resolve(path)));
  const root = folders.reduce((common, folder) => {
    while (relative(common, folder).startsWith('..')) common = dirname(common);
    return common;
  });
  const used = new Set<string>();
  return new Map(
    paths.map((path) => {
      const stem = relative(root, resolve(path)).replace(/\.[^.]+$/, '');
      const extension = path.slice(path.lastIndexOf('.') + 1);
      const name = used.has(stem) ? `${stem}.${extension}` : stem;
      used.add(stem);
      return [path, join(out, `${name}.png`)];
    }),
  );
}
