import { AdError } from '@ad/core-native';
import { dfkde } from './dfkde/index.js';
import { dfm } from './dfm/index.js';
import { mahalanobis } from './mahalanobis/index.js';
import type { Method } from './method.js';
import { padim } from './padim/index.js';
import { patchcore } from './patchcore/index.js';
import { spade } from './spade/index.js';

/** The first is the default. */
const METHODS = [patchcore, padim, spade, dfm, dfkde, mahalanobis] as readonly Method[];

/** Names of all methods, for help texts and messages. */
export const METHOD_NAMES: readonly string[] = METHODS.map((method) => method.name);

/** What a command line must know of each method. */
export const METHOD_CHOICES: readonly MethodChoice[] = METHODS.map(
  ({ name, layers, options, deterministic = false }) => ({ name, layers, options, deterministic }),
);

/** See {@link METHOD_CHOICES}. */
export type MethodChoice = Pick<Method, 'name' | 'layers' | 'options'> & { deterministic: boolean };

/** The method of a name, or an error that lists the names there are. */
export function findMethod(name: string): Method {
  const found = METHODS.find((method) => method.name === name);
  if (found) return found;
  throw new AdError(
    'E_ARGUMENT',
    `There is no method '${name}'.`,
    `Choose one of: ${METHOD_NAMES.join(', ')}.`,
  );
}

export type { FitPlan, FittedMethod, Json, Method, MethodOption, Progress, Scores } from './method.js';
