import { removeBackbone } from '@ad/models';
import { Command } from 'commander';
import { printJson } from '../../output/format.js';

/** `ad backbone remove`: forgets a name and its file. */
export function remove(): Command {
  return new Command('remove')
    .description('forget a backbone that was added; models that contain it are not touched')
    .argument('<name>', 'its name')
    .option('--json', 'print one JSON document on stdout and nothing else')
    .addHelpText('after', '\nExamples:\n  ad backbone remove wrn50')
    .action(async (name: string, flags: { json?: true }) => {
      await removeBackbone(name);
      if (flags.json) printJson({ removed: name });
      else console.log(`Removed ${name}.`);
    });
}
