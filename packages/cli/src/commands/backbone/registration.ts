import type { InputConvention, RegisteredBackbone } from '@ad/models';
import type { Command, Option } from 'commander';
import { bytes, printJson } from '../../output/format.js';

/** What a person says of a backbone that gets a name. */
export interface RegistrationFlags {
  normalize?: InputConvention;
  license?: string;
  replace?: true;
  json?: true;
}

/** `--normalize`, `--license`, `--replace`, `--json`. */
export function addRegistrationOptions(command: Command, normalize: Option): Command {
  return command
    .addOption(normalize.choices(['imagenet', '0..255', '-1..1', '0..1']))
    .option('--license <text>', 'a note on the licence of the weights')
    .option('--replace', 'take the place of a backbone of this name')
    .option('--json', 'print one JSON document on stdout and nothing else');
}

/** Says what has been added. */
export function printAdded(added: RegisteredBackbone, json: boolean): void {
  if (json) {
    printJson(added);
    return;
  }
  console.log(
    `Added ${added.name}: ${bytes(added.bytes)}, input ${added.convention}, sha256 ${added.sha256}.`,
  );
  console.log(`Next: ad fit --data DIR --out NAME.ad --backbone ${added.name}`);
}
