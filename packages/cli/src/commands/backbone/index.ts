import { Command } from 'commander';
import { add } from './add.js';
import { cut } from './cut.js';
import { inspect } from './inspect.js';
import { list } from './list.js';
import { pull } from './pull.js';
import { quantize } from './quantize.js';
import { remove } from './remove.js';

/** `ad backbone`: feature extractors, from anywhere, by name. */
export function backbone(signal: AbortSignal): Command {
  const group = new Command('backbone').description(
    'feature extractors: look at them, give them names, fetch them',
  );
  for (const command of [inspect, cut, quantize, add, list, remove, pull]) group.addCommand(command(signal));
  return group;
}
