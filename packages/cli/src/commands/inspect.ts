import { join } from 'node:path';
import { type EnsembleManifest, type Manifest, readDescription, readManifest } from '@ad/models';
import { Command } from 'commander';
import pc from 'picocolors';
import { bytes, printJson, thresholdText } from '../output/format.js';

const EXAMPLES = `
Examples:
  ad inspect bottle.ad
  ad inspect bottle.ad --json | jq .thresholds`;

/** `ad inspect`: what a model is and where it came from. */
export function inspect(): Command {
  return new Command('inspect')
    .description('show what a model is and where it came from')
    .argument('<name.ad>', 'model folder')
    .option('--json', 'print one JSON document on stdout and nothing else')
    .addHelpText('after', EXAMPLES)
    .action(run);
}

async function run(folder: string, flags: { json?: true }): Promise<void> {
  const manifest = await readDescription(folder);
  const members = manifest.format === 'ad-ensemble' ? await membersOf(folder, manifest) : [];
  if (flags.json) {
    printJson(
      manifest.format === 'ad-ensemble'
        ? { ...manifest, members: members.map(({ member, model }) => ({ ...member, model })) }
        : manifest,
    );
    return;
  }
  if (manifest.format === 'ad-model') {
    print([...modelRows(manifest), ...inputRows(manifest), ...commonRows(manifest)]);
    return;
  }
  print([['ensemble', `${members.length} members, normalised by ${manifest.heldOut} held-out good images`]]);
  for (const { member, model } of members) {
    const scale = ({ mean, deviation }: { mean: number; deviation: number }) =>
      `mean ${+mean.toPrecision(4)}, deviation ${+deviation.toPrecision(4)}`;
    const pixel = member.pixel ? `; pixel ${scale(member.pixel)}` : '';
    print([
      ['', ''],
      ['member', member.folder],
      ['measured by', `image ${scale(member.image)}${pixel}`],
    ]);
    print(modelRows(model));
  }
  print([['', ''], ...inputRows(members[0]!.model), ...commonRows(manifest)]);
}

type Row = [string, string];

function print(rows: Row[]): void {
  for (const [name, text] of rows) console.log(`${pc.bold(name.padEnd(11))} ${text}`.trimEnd());
}

async function membersOf(folder: string, { members }: EnsembleManifest) {
  return Promise.all(
    members.map(async (member) => ({ member, model: await readManifest(join(folder, member.folder)) })),
  );
}

function modelRows({ method, backbone }: Manifest): Row[] {
  return [
    ['method', `${method.name}  ${facts(method.settings)}`],
    ['learned', facts(method.state)],
    [
      'backbone',
      `${backbone.name}  ${backbone.layers.map((l) => `${l.name} (${l.channels} channels, stride ${l.stride})`).join(', ')}  input ${backbone.convention}`,
    ],
    ['', `sha256 ${backbone.sha256}${backbone.embedded ? '' : '  (not in the model folder)'}`],
  ];
}

function inputRows({ preprocess, map }: Manifest): Row[] {
  return [
    [
      'input',
      `${preprocess.resize} ${preprocess.imageSize}, ${preprocess.crop === null ? 'no crop' : `centre ${preprocess.crop}`}`,
    ],
    ['map', `Gaussian sigma ${map.sigma}, border ${map.border}`],
  ];
}

function commonRows({ training, thresholds, files, tool }: Manifest | EnsembleManifest): Row[] {
  return [
    [
      'training',
      `${training.images} images, ${patchesText(training)}seed ${training.seed}${training.dataset ? `, from ${training.dataset}` : ''}${training.skipped ? `, ${training.skipped} unreadable left out` : ''}`,
    ],
    ['threshold', `image ${thresholdText(thresholds.image)}`],
    ['', `pixel ${thresholdText(thresholds.pixel)}`],
    ...Object.entries(files).map(
      ([file, digest], i): Row => [i === 0 ? 'files' : '', `${file}  ${bytes(digest.bytes)}`],
    ),
    ['written by', `${tool.name} ${tool.version}`],
  ];
}

/** A method that judges whole images has no patches to count. */
function patchesText({ images, patches }: Manifest['training']): string {
  return patches > images ? `${patches} patches, ` : '';
}

const SHOWN_VALUES = 8;

/** Settings or state on one line. */
function facts(values: unknown): string {
  return Object.entries(values as Record<string, unknown>)
    .map(([key, value]) => `${key} ${factText(value)}`)
    .join('  ');
}

function factText(value: unknown): string {
  if (Array.isArray(value)) {
    return value.length > SHOWN_VALUES ? `${value.length} values` : value.map(factText).join(', ');
  }
  if (typeof value === 'object' && value !== null) return Object.values(value).map(factText).join(' x ');
  return String(typeof value === 'number' ? +value.toPrecision(6) : value);
}
