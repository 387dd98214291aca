import { Command, CommanderError } from 'commander';
import { backbone } from './commands/backbone/index.js';
import { benchmark } from './commands/benchmark.js';
import { compare } from './commands/compare.js';
import { data } from './commands/data.js';
import { demo } from './commands/demo.js';
import { doctor } from './commands/doctor.js';
import { evaluate } from './commands/evaluate.js';
import { exportModel } from './commands/export.js';
import { fit } from './commands/fit.js';
import { inspect } from './commands/inspect.js';
import { predict } from './commands/predict.js';
import { EXIT, exitCodeOf, printFailure, printJsonFailure } from './failure.js';
import { interruptible } from './interrupt.js';
import { VERSION } from './version.js';

/** Runs one command line; returns the exit code. Nothing here calls process.exit, so that output is never cut off. */
export async function main(args: string[]): Promise<number> {
  const program = new Command('ad')
    .description('Finds defects in industrial images after seeing good parts only.')
    .version(VERSION)
    .showHelpAfterError("(try 'ad --help', or 'ad <command> --help' for examples)")
    .exitOverride();
  const json = args.includes('--json');
  return interruptible(async (signal) => {
    for (const command of [
      fit,
      predict,
      evaluate,
      compare,
      inspect,
      data,
      benchmark,
      exportModel,
      backbone,
      doctor,
      demo,
    ]) {
      program.addCommand(inherit(command(signal), program));
    }
    try {
      await program.parseAsync(args, { from: 'user' });
      // A command that found failures has told of them in its own words.
      return Number(process.exitCode ?? EXIT.ok);
    } catch (error) {
      if (error instanceof CommanderError) {
        if (error.exitCode === 0) return EXIT.ok;
        // It has said on stderr what is wrong.
        if (json) printJsonFailure('E_ARGUMENT', error.message.replace(/^error: /, ''));
        return EXIT.usage;
      }
      printFailure(error, { json, interrupted: signal.aborted });
      return exitCodeOf(error, signal.aborted);
    }
  });
}

/** Settings of the program for a command and those below it: errors of all end as usage errors, none ends the process. */
function inherit(command: Command, program: Command): Command {
  for (const below of command.commands) inherit(below, program);
  return command.copyInheritedSettings(program);
}
