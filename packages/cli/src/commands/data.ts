import { basename, join } from 'node:path';
import { AdError, type DataReport, inspectData, listCategories, openDataset, type Problem } from '@ad/models';
import { Command } from 'commander';
import pc from 'picocolors';
import { EXIT } from '../failure.js';
import { printJson } from '../output/format.js';
import { createReporter, type Reporter } from '../output/progress.js';

const EXAMPLES = `
Examples:
  ad data inspect ./bottle
  ad data inspect ./mvtec            every category below it
  ad data inspect ./bottle --json | jq .problems`;

/** `ad data`: what is known of data before anything is fitted. */
export function data(signal: AbortSignal): Command {
  const inspect = new Command('inspect')
    .description(
      'count, check and describe a data set; problems that would spoil a fit or its evaluation make it fail',
    )
    .argument('<dir>', 'a data set, a folder of several, or a table of images (CSV)')
    .option('--json', 'print one JSON document on stdout and nothing else')
    .addHelpText('after', EXAMPLES)
    .action((root: string, flags: { json?: true }) => run(root, flags, signal));
  return new Command('data').description('look at data before a fit').addCommand(inspect);
}

async function run(root: string, flags: { json?: true }, signal: AbortSignal): Promise<void> {
  const reporter = createReporter(flags.json === true);
  const categories = await listCategories(root);
  if (categories.length === 0) {
    const report = await inspected(root, reporter, signal);
    reporter.end();
    if (flags.json) printJson(report);
    else print(report);
    if (isSpoilt(report)) process.exitCode = EXIT.failed;
    return;
  }
  const found: (DataReport | Unread)[] = [];
  for (const name of categories) found.push(await inspectedOrNot(join(root, name), reporter, signal));
  reporter.end();
  if (flags.json) printJson(found);
  else for (const report of found) 'error' in report ? printUnread(report) : print(report);
  if (found.some((report) => 'error' in report || isSpoilt(report))) process.exitCode = EXIT.failed;
}

/** One of several data sets that could not be read. */
interface Unread {
  name: string;
  error: { code: string; message: string; hint: string | undefined };
}

/** One that cannot be read does not keep the others from being looked at. */
async function inspectedOrNot(folder: string, reporter: Reporter, signal: AbortSignal) {
  try {
    return await inspected(folder, reporter, signal);
  } catch (error) {
    if (!(error instanceof AdError)) throw error;
    const { code, message, hint } = error;
    return { name: basename(folder), error: { code, message, hint } };
  }
}

async function inspected(folder: string, reporter: Reporter, signal: AbortSignal): Promise<DataReport> {
  const found = await openDataset(folder);
  const total = { count: found.train.length + found.validation.length + found.test.length, unit: 'images' };
  const onProgress = (share: number) => reporter.progress(`read ${found.name}`, share, total);
  return inspectData(found, { signal, onProgress });
}

function isSpoilt({ problems }: DataReport): boolean {
  return problems.some(({ severity }) => severity === 'error');
}

function printUnread({ name, error }: Unread): void {
  console.log(`${pc.bold('data set'.padEnd(11))} ${name}`);
  console.log(`${pc.red(error.code)} ${error.message} ${pc.dim(error.hint ?? '')}`);
}

const SHOWN = 8;

function print({ name, layout, counts, defects, sizes, formats, notes, problems }: DataReport): void {
  const row = (title: string, text: string) => console.log(`${pc.bold(title.padEnd(11))} ${text}`);
  row('data set', `${name}  ${pc.dim(`layout ${layout}`)}`);
  for (const [part, of] of Object.entries(counts)) {
    const found = Object.entries(of).filter(([, count]) => count > 0);
    if (found.length > 0) row(part, found.map(([label, count]) => `${count} ${label}`).join(', '));
  }
  const kind = ({ kind, images, masks }: DataReport['defects'][number]) =>
    `${kind} ${images}${masks < images ? ` (${masks} with masks)` : ''}`;
  if (defects.length > 0) row('defects', defects.map(kind).join(', '));
  const size = (s: DataReport['sizes'][number]) => `${s.width} x ${s.height} (${s.images})`;
  const more = sizes.length > SHOWN ? ` and ${sizes.length - SHOWN} more sizes` : '';
  row('sizes', `${sizes.slice(0, SHOWN).map(size).join(', ')}${more}`);
  row('format', formats.map((f) => `${f.channels} x ${f.bits} bits (${f.images})`).join(', '));
  for (const note of notes) row('note', note);
  if (problems.length === 0) row('problems', pc.green('none found'));
  for (const kind of new Set(problems.map((problem) => problem.kind))) {
    printKind(problems.filter((problem) => problem.kind === kind));
  }
}

/** Many problems of a kind are told by the first few. */
function printKind(problems: readonly Problem[]): void {
  const [{ kind, severity }] = problems as [Problem];
  const colour = severity === 'error' ? pc.red : pc.yellow;
  console.log(`${colour(kind)} ${pc.dim(`${problems.length}`)}`);
  for (const { message, paths } of problems.slice(0, SHOWN)) {
    const shown = paths.slice(0, 3).join(', ');
    console.log(`  ${message} ${pc.dim(paths.length > 3 ? `${shown} and ${paths.length - 3} more` : shown)}`);
  }
  if (problems.length > SHOWN) console.log(pc.dim(`  and ${problems.length - SHOWN} more`));
}
