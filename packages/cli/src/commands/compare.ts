import { mkdir, writeFile } from 'node:fs/promises';
import { join, parse, relative } from 'node:path';
import {
  type ComparedImage,
  compareModels,
  type ModelComparison,
  openDataset,
  openModel,
  type ScoringModel,
} from '@ad/models';
import { Command, Option } from 'commander';
import pc from 'picocolors';
import { addRunOptions, type RunOptions, whole } from '../options.js';
import { printJson } from '../output/format.js';
import { drawOverlay, isLocated } from '../output/overlay.js';
import { createReporter } from '../output/progress.js';
import { sideBySide } from '../output/side_by_side.js';
import { writing } from '../output/writing.js';

interface CompareFlags extends RunOptions {
  data: string;
  out?: string;
  pictures: number;
}

const EXAMPLES = `
Examples:
  ad compare patchcore.ad padim.ad --data ./bottle
  ad compare a.ad b.ad --data ./bottle --out differences     overlays of both side by side
  ad compare a.ad b.ad --data ./bottle --json | jq .auroc.pValue`;

/** `ad compare`: do two models differ, and where. */
export function compare(signal: AbortSignal): Command {
  const command = new Command('compare')
    .description('test whether two models differ on labelled images, and show where they disagree')
    .argument('<a.ad>', 'model folder')
    .argument('<b.ad>', 'another')
    .requiredOption('--data <dir>', 'a data set with good and defective test images')
    .option('--out <dir>', 'where to put overlays of the images that they disagree on, both side by side')
    .addOption(
      new Option('--pictures <n>', 'at most so many of them, the most different first')
        .argParser(whole(1))
        .default(20),
    );
  return addRunOptions(command)
    .addHelpText('after', EXAMPLES)
    .action((a: string, b: string, flags: CompareFlags) => run([a, b], flags, signal));
}

async function run(
  folders: readonly [string, string],
  flags: CompareFlags,
  signal: AbortSignal,
): Promise<void> {
  const reporter = createReporter(flags.json === true);
  const { threads, device, provider, out } = flags;
  const data = await openDataset(flags.data);
  const models: ScoringModel[] = [];
  try {
    for (const folder of folders) models.push(await openModel(folder, { threads, device, provider }));
    const [first, second] = models as [ScoringModel, ScoringModel];
    const onProgress = (share: number) => reporter.progress('compare', share);
    const found = await compareModels(first, second, data.test, { signal, threads, onProgress });
    const shown = out === undefined ? [] : found.disagreements.slice(0, flags.pictures);
    const pictures: string[] = [];
    for (const [i, image] of shown.entries()) {
      const picture = await writing(out!, () => draw(image, i, models, out!, { signal, threads }));
      if (picture) pictures.push(picture);
      reporter.progress('overlays', (i + 1) / shown.length);
    }
    reporter.end();
    if (flags.json) printJson({ models: folders, dataset: data.name, ...jsonOf(found, data.root), pictures });
    else print(folders, found, data.root, pictures.length > 0 ? out : undefined);
  } finally {
    for (const model of models) await model.close();
  }
}

/** Both overlays in one picture, the first model's on the left; null where a method judges whole images. */
async function draw(
  { sample: { path } }: ComparedImage,
  number: number,
  models: readonly ScoringModel[],
  out: string,
  options: { signal: AbortSignal; threads: number | undefined },
): Promise<string | null> {
  const pictures: Uint8Array[] = [];
  for (const model of models) {
    const prediction = await model.predict(path, options);
    if (isLocated(prediction)) pictures.push(await drawOverlay(path, prediction, model));
  }
  if (pictures.length === 0) return null;
  const { dir, name } = parse(path);
  const file = join(out, `${String(number + 1).padStart(2, '0')}_${parse(dir).name}_${name}.png`);
  await mkdir(out, { recursive: true });
  await writeFile(file, await sideBySide(pictures));
  return file;
}

function jsonOf({ auroc, reason, right, images, disagreements }: ModelComparison, root: string) {
  const of = ({ sample, first, second }: ComparedImage) => ({
    path: relative(root, sample.path),
    label: sample.label,
    first,
    second,
  });
  return { auroc, reason, right, disagreements: disagreements.map(of), images: images.map(of) };
}

const SHOWN = 20;
const SIGNIFICANT = 0.05;

function print(
  folders: readonly [string, string],
  { auroc, reason, right, images, disagreements }: ModelComparison,
  root: string,
  out: string | undefined,
): void {
  const row = (title: string, text: string) => console.log(`${pc.bold(title.padEnd(13))} ${text}`);
  if (auroc) {
    row(
      'image AUROC',
      `${auroc.first.toFixed(4)} ${pc.dim(folders[0])}   ${auroc.second.toFixed(4)} ${pc.dim(folders[1])}`,
    );
    const { low, high } = auroc.interval;
    row('difference', `${auroc.difference.toFixed(4)}   95 % ${low.toFixed(4)} .. ${high.toFixed(4)}`);
    const verdict =
      auroc.pValue < SIGNIFICANT ? 'they differ' : 'no difference can be told from these images';
    row('DeLong', `z ${auroc.z.toFixed(2)}, p ${auroc.pValue.toPrecision(2)}: ${verdict}`);
  } else {
    row('image AUROC', `not compared: ${reason}`);
  }
  row(
    'right',
    `both ${right.both}, only the first ${right.first}, only the second ${right.second}, none ${right.none} of ${images.length}`,
  );
  row('disagree on', `${disagreements.length} images${out ? `; overlays in ${out}` : ''}`);
  for (const { sample, first, second } of disagreements.slice(0, SHOWN)) {
    const said = ({ anomalous, score }: ComparedImage['first']) =>
      `${anomalous ? 'defect' : 'good'} ${score.toFixed(3)}`;
    console.log(
      `  ${relative(root, sample.path)} ${pc.dim(`is ${sample.label}:`)} ${said(first)}, ${said(second)}`,
    );
  }
  if (disagreements.length > SHOWN) console.log(pc.dim(`  and ${disagreements.length - SHOWN} more`));
}
