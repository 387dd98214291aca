import { join } from 'node:path';
import { writeAtomically } from '../atomic.js';
import { methodLabel } from './cell.js';
import { coresetPlots, lowShotPlots, type Plot } from './plots.js';
import { besidePublished } from './published.js';
import type { SpeedResult } from './speed.js';
import type { CellFailure, CellResult, RunStore } from './store.js';
import { type Line, linesOf } from './summary.js';
import { markdownRows, metricTables } from './tables.js';
import { inputText, toldApart } from './told_apart.js';

/**
 * Writes tables and pictures of all that a folder of results holds: `report.md`, `tables/` (CSV, JSON), `plots/` (SVG),
 * and `speed.md` with what depends on the machine.
 *
 * @returns the files
 * @throws AdError E_WRITE
 */
export async function writeReport(store: RunStore): Promise<string[]> {
  const all = await store.results();
  const lines = linesOf(all);
  const full = lines.filter(({ shots }) => shots === null);
  const tables = metricTables(full);
  const few = metricTables(lines.filter(({ shots }) => shots !== null).map(withShots));
  const plots = [...lowShotPlots(lines), ...coresetPlots(lines)];
  const files = new Map<string, string>();
  for (const [group, name] of [
    [tables, ''],
    [few, 'low_shot_'],
  ] as const) {
    for (const { metric, csv, json } of group) {
      files.set(`tables/${name}${metric}.csv`, csv);
      files.set(`tables/${name}${metric}.json`, json);
    }
  }
  for (const { file, svg } of plots) files.set(`plots/${file}`, svg);
  const published = besidePublished(full);
  files.set(
    'report.md',
    [
      '# Results\n',
      protocolText(all),
      ...(tables.length > 0 ? ['## All good images\n', ...tables.map(({ markdown }) => markdown)] : []),
      ...(published ? ['## Beside published numbers\n', published] : []),
      ...(few.length > 0 ? ['## How few images suffice\n', ...few.map(({ markdown }) => markdown)] : []),
      ...plots.map(pictureText),
      ...failures(all),
    ].join('\n'),
  );
  const speeds = await store.speeds<SpeedResult>();
  if (speeds.length > 0) files.set('speed.md', speedText(speeds));
  const paths: string[] = [];
  for (const [file, content] of files) {
    const path = join(store.folder, file);
    await writeAtomically(path, content);
    paths.push(path);
  }
  return paths;
}

function withShots(line: Line): Line {
  return { ...line, method: `${line.method} ${line.shots}-shot` };
}

function pictureText({ file, title }: Plot): string {
  return `![${title}](plots/${encodeURI(file)})\n`;
}

/** What every number rests on; what differs between cells is said of each. */
function protocolText(all: readonly (CellResult | CellFailure)[]): string {
  const named = toldApart(all.filter((result): result is CellResult => result.status === 'done'));
  const done = named.map(({ result }) => result);
  const rows = new Map<string, { row: string[]; methods: Set<string> }>();
  for (const { method, result } of named) {
    const { cell, protocol, images } = result;
    const row = [
      cell.category,
      protocol.layout,
      `${images.good} good, ${images.defect} defective`,
      inputText(protocol.preprocess),
      protocol.mask,
    ];
    const key = JSON.stringify(row);
    const same = rows.get(key) ?? { row, methods: new Set() };
    rows.set(key, same);
    same.methods.add(method);
  }
  const protocols = [...rows.values()].map(({ row, methods }) => [...row, [...methods].sort().join(', ')]);
  const backbones = new Map(done.map(({ cell, protocol: { backbone } }) => [cell.backbone, backbone]));
  const seeds = [...new Set(done.map(({ cell }) => cell.seed))].sort((a, b) => a - b);
  const notes = [
    ...new Set(
      done.flatMap(({ cell, protocol }) => protocol.notes.map((note) => `${cell.category}: ${note}`)),
    ),
  ];
  const tools = [...new Set(done.map(({ protocol }) => protocol.tool))];
  return [
    markdownRows(['Data', 'Layout', 'Test images', 'Input', 'Defective pixels', 'Methods'], protocols),
    markdownRows(
      ['Backbone', 'SHA-256', 'Values'],
      [...backbones].map(([name, { sha256, convention }]) => [name, sha256, convention]),
    ),
    `Seeds ${seeds.join(', ')}; one seed where it changes nothing. ${tools.join(', ')}. Scores are raw; F1 and balanced accuracy are`,
    'at the F1-optimal threshold of the test images, as the field reports them: an upper bound, not what a threshold chosen before gives.',
    ...notes.map((note) => `- ${note}`),
    '',
  ].join('\n');
}

function failures(all: readonly (CellResult | CellFailure)[]): string[] {
  const failed = all.filter((result): result is CellFailure => result.status === 'failed');
  if (failed.length === 0) return [];
  const rows = failed.map(({ cell, error }) => [
    cell.category,
    methodLabel(cell),
    cell.backbone,
    cell.shots === null ? 'all' : String(cell.shots),
    String(cell.seed),
    error.code,
    error.message.replaceAll('\n', ' '),
  ]);
  return [
    '## Failed\n',
    markdownRows(['Data', 'Model', 'Backbone', 'Images', 'Seed', 'Code', 'Message'], rows),
  ];
}

function speedText(speeds: readonly SpeedResult[]): string {
  const rows = speeds.map((speed) => [
    methodLabel(speed.cell),
    speed.cell.backbone,
    speed.cell.category,
    rate(speed.single),
    rate(speed.batch32),
    megabytes(speed.predictPeak),
    speed.fitSeconds.toFixed(1),
    megabytes(speed.fitPeak),
    megabytes(speed.model),
  ]);
  const machines = [...new Set(speeds.map(({ machine }) => JSON.stringify(machine)))].map(
    (text): SpeedResult['machine'] => JSON.parse(text),
  );
  const headers = [
    'Model',
    'Backbone',
    'Data',
    'Images/s, one at a time',
    'Images/s, 32 at once',
    'Peak MB, predicting',
    'Fit s',
    'Peak MB, fitting',
    'Model MB',
  ];
  return [
    '# Speed and memory\n',
    markdownRows(headers, rows),
    'From the file to score and map, decoding included; medians. Peaks are those of whole processes, Node and onnxruntime in them (about',
    '150 MB), each phase in a process of its own. The model is without its backbone.',
    ...machines.map(
      ({ cpu, cores, level, node, threads }) =>
        `- ${cpu}, ${cores} cores, ${level}, ${threads} threads, Node ${node}`,
    ),
    '',
  ].join('\n');
}

/** Three digits, never as 1.22e+3. */
function rate(perSecond: number): string {
  return perSecond < 1000 ? perSecond.toPrecision(3) : perSecond.toFixed(0);
}

function megabytes(bytes: number): string {
  return bytes < 1e7 ? (bytes / 1e6).toFixed(1) : (bytes / 1e6).toFixed(0);
}
