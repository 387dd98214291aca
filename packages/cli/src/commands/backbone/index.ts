import { Command } from 'commander';
import { cut } from './cut.js';
import { inspect } from './inspect.js';

/** `ad backbone`: feature extractors, from anywhere, by name. */
export function backbone(_signal: AbortSignal): Command {
  const group = new Command('backbone').description(
    'feature extractors: look at them, give them names, fetch them',
  );
  for (const command of [inspect, cut]) group.addCommand(command());
  return group;
}
