import { join, resolve } from 'node:path';
import {
  Backbone,
  EMBEDDED_BACKBONE,
  evaluate,
  fitModel,
  METHOD_NAMES,
  openDataset,
  type PreprocessSettings,
  Timing,
} from '@ad/models';
import { Command, Option } from 'commander';
import pc from 'picocolors';
import { writeDemoSet } from '../demo/demo_set.js';
import { writePictures } from '../demo/pictures.js';
import { addRunOptions, type RunOptions, whole } from '../options.js';
import { printJson } from '../output/format.js';
import { createReporter } from '../output/progress.js';
import { writing } from '../output/writing.js';
import { printTable } from './evaluate.js';

interface DemoFlags extends RunOptions {
  out: string;
  seed: number;
}

const EXAMPLES = `
Examples:
  ad demo
  ad demo --out try --seed 7
  ad demo --json | jq .metrics`;

/** The whole plate is inspected: its picture is square and fills the input. */
const PREPROCESS: PreprocessSettings = { resize: 'shorter', imageSize: 256, crop: null };

/** `ad demo`: the whole way on pictures that it draws itself. */
export function demo(signal: AbortSignal): Command {
  const command = new Command('demo')
    .description('draw a small data set, fit, evaluate, and leave pictures to look at; needs no data')
    .option('--out <dir>', 'where to put it all', 'demo')
    .addOption(
      new Option('--seed <n>', 'decides every picture, and the model').argParser(whole(0)).default(0),
    );
  return addRunOptions(command)
    .addHelpText('after', EXAMPLES)
    .action((flags: DemoFlags) => run(flags, signal));
}

async function run(flags: DemoFlags, signal: AbortSignal): Promise<void> {
  const reporter = createReporter(flags.json === true);
  const timing = new Timing();
  const { out, seed, threads, device, provider } = flags;
  const progress = ({ stage, share }: { stage: string; share: number }) => reporter.progress(stage, share);
  await timing.measure('draw', () =>
    writing(out, () => writeDemoSet(out, { seed, signal, onProgress: progress })),
  );
  const data = await openDataset(join(out, 'plate'));
  const backbone = await Backbone.open(EMBEDDED_BACKBONE, { threads, device, provider });
  try {
    const model = await fitModel(METHOD_NAMES[0]!, backbone, data.train, {
      preprocess: PREPROCESS,
      seed,
      threads,
      signal,
      timing,
      labelled: data.test,
      dataset: data.name,
      onProgress: progress,
    });
    await model.save(join(out, 'plate.ad'));
    const count = { count: data.test.length, unit: 'images' };
    const result = await evaluate(model, data.test, {
      signal,
      threads,
      timing,
      onProgress: (share) => reporter.progress('evaluate', share, count),
    });
    await timing.measure('pictures', () =>
      writing(out, () =>
        writePictures(model, data.test, out, {
          signal,
          threads,
          onProgress: (share) => reporter.progress('pictures', share, count),
        }),
      ),
    );
    reporter.end();
    if (flags.json) {
      printJson({ model: resolve(out, 'plate.ad'), dataset: data.name, seed, ...result, timing_s: timing });
    } else {
      printTable(result);
      printNext(out);
    }
  } finally {
    await backbone.close();
  }
}

function printNext(out: string): void {
  console.log(
    `\nPictures: ${join(out, 'contact_sheet.png')}, and one of each image in ${join(out, 'overlays')}.`,
  );
  console.log('The same by hand:');
  const [data, model] = [join(out, 'plate'), join(out, 'plate.ad')];
  for (const line of [
    `fit --data ${data} --out ${model} --crop none`,
    `evaluate --model ${model} --data ${data}`,
    `predict --model ${model} ${join(data, 'test')} --out ${join(out, 'overlays')}`,
  ]) {
    console.log(pc.dim(`  pnpm --filter cli start ${line}`));
  }
}
