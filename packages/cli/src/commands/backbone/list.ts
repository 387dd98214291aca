import { CATALOGUE, EMBEDDED_BACKBONE, listBackbones, registryFolder } from '@ad/models';
import { Command } from 'commander';
import pc from 'picocolors';
import { bytes, printJson } from '../../output/format.js';

/** `ad backbone list`: what `--backbone` knows by name. */
export function list(): Command {
  return new Command('list')
    .description('show the backbones that have names, and those that can be fetched')
    .option('--json', 'print one JSON document on stdout and nothing else')
    .addHelpText('after', '\nExamples:\n  ad backbone list\n  ad backbone list --json')
    .action(run);
}

async function run(flags: { json?: true }): Promise<void> {
  const entries = await listBackbones();
  if (flags.json) {
    printJson({
      folder: registryFolder(),
      embedded: EMBEDDED_BACKBONE,
      backbones: entries,
      catalogue: CATALOGUE,
    });
    return;
  }
  console.log(`${pc.bold(EMBEDDED_BACKBONE)}  embedded`);
  for (const entry of entries) {
    if ('problem' in entry) {
      console.log(`${pc.bold(entry.name)}  ${pc.red(entry.problem)}`);
      continue;
    }
    const notes = [entry.license, entry.origin && `from ${entry.origin}`].filter(Boolean);
    console.log(
      `${pc.bold(entry.name)}  ${bytes(entry.bytes)}  input ${entry.convention}  ${notes.join('  ')}`.trimEnd(),
    );
    console.log(pc.dim(`  sha256 ${entry.sha256}`));
  }
  const added = new Set(entries.map(({ name }) => name));
  const others = CATALOGUE.filter(({ name }) => !added.has(name));
  if (others.length > 0) console.log("Fetched by 'ad backbone pull NAME':");
  for (const { name, about, bytes: size, license } of others) {
    console.log(`  ${pc.bold(name)}  ${about}, ${bytes(size)}, ${license}`);
  }
}
