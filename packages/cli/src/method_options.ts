import { AdError, type LayerChoice, METHOD_CHOICES, type MethodChoice, type MethodOption } from '@ad/models';
import { type Command, Option } from 'commander';

/** Adds every method's settings, under the names of the methods that have them. */
export function addMethodOptions(command: Command): Command {
  const byFlags = new Map<string, { option: MethodOption; methods: string[] }>();
  for (const { name, options } of METHOD_CHOICES) {
    for (const option of options) {
      const known = byFlags.get(option.flags);
      if (known) known.methods.push(name);
      else byFlags.set(option.flags, { option, methods: [name] });
    }
  }
  for (const { option, methods } of byFlags.values()) {
    const { flags, description, parse } = option;
    const added = new Option(flags, description).helpGroup(`Options of ${methods.join(', ')}:`);
    command.addOption(parse ? added.argParser(parse) : added);
  }
  return command;
}

/**
 * The settings of the method among what was given.
 *
 * @throws AdError E_ARGUMENT where a setting of another method was given
 */
export function methodSettings(name: string, given: Record<string, unknown>): Record<string, unknown> {
  const method = choiceOf(name);
  const own = new Set(keys(method));
  for (const other of METHOD_CHOICES) {
    const foreign = other.options.find(({ key }) => given[key] !== undefined && !own.has(key));
    if (foreign) throw notOf(method, foreign);
  }
  return Object.fromEntries(
    [...own].filter((key) => given[key] !== undefined).map((key) => [key, given[key]]),
  );
}

/** The layers that a method works on where none are named. */
export function defaultLayers(name: string): LayerChoice {
  return choiceOf(name).layers;
}

/** Of a name that the command line has checked. */
function choiceOf(name: string): MethodChoice {
  return METHOD_CHOICES.find((choice) => choice.name === name)!;
}

function keys({ options }: MethodChoice): string[] {
  return options.map(({ key }) => key);
}

function notOf({ name, options }: MethodChoice, foreign: MethodOption): AdError {
  const [flag] = foreign.flags.split(' ');
  return new AdError(
    'E_ARGUMENT',
    `${flag} is not an option of the method ${name}.`,
    options.length > 0
      ? `It has: ${options.map(({ flags }) => flags).join(', ')}.`
      : 'It has none of its own.',
  );
}
