import { AdError } from '@ad/core-native';
import { findMethod, type Json, METHOD_CHOICES, type MethodChoice } from '../methods/index.js';

/** A method as a benchmark runs it. */
export interface MethodSpec {
  method: string;
  /** Its settings where they are not the defaults. */
  settings: Record<string, Json>;
}

/**
 * Reads a method with settings, as it is typed: `patchcore`, `dfm:score=nll`, `patchcore:coreset=0.25:neighbours=1`.
 *
 * @throws AdError E_ARGUMENT
 * @example
 * parseMethodSpec('dfm:score=nll'); // { method: 'dfm', settings: { score: 'nll' } }
 */
export function parseMethodSpec(text: string): MethodSpec {
  const [method = '', ...pairs] = text.split(':');
  const known = findMethod(method);
  const settings: Record<string, Json> = {};
  for (const pair of pairs) {
    const [key = '', value] = pair.split('=');
    const option = known.options.find((one) => one.key === key);
    if (!option || value === undefined) {
      const keys = known.options.map((one) => one.key).join(', ');
      throw new AdError(
        'E_ARGUMENT',
        `'${pair}' is not a setting of ${method}; expected KEY=VALUE.`,
        keys ? `Its settings are: ${keys}.` : 'It has none.',
      );
    }
    settings[key] =
      value === 'true' || value === 'false' ? value === 'true' : ((option.parse?.(value) ?? value) as Json);
  }
  known.settings(settings);
  return { method, settings };
}

/** The same without settings that are the defaults: equal work has one name. */
export function withoutDefaults({ method, settings }: MethodSpec): MethodSpec {
  const defaults = findMethod(method).settings({}) as Record<string, Json>;
  const own = Object.entries(settings).filter(([key, value]) => value !== defaults[key]);
  return { method, settings: Object.fromEntries(own) };
}

/** What is known of a method that exists. */
export function choiceOf(name: string): MethodChoice {
  return METHOD_CHOICES.find((choice) => choice.name === name)!;
}
