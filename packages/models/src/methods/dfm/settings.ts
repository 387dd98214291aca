import { z } from 'zod';
import type { MethodOption } from '../method.js';
import { parseSettings } from '../settings.js';

/** What DFM can be asked for. */
export interface DFMSettings {
  /** `fre`: squared feature reconstruction error, with a map. `nll`: negative log-likelihood, without. */
  score: 'fre' | 'nll';
  /** Side of the windows that feature maps are averaged over before they are flattened. */
  pool: number;
  /** Share of the variance that the principal components keep (below 1), or how many there are. */
  keep: number;
}

const schema = z.strictObject({
  score: z.enum(['fre', 'nll']).default('fre'),
  pool: z.int().positive().default(4),
  keep: z
    .number()
    .positive()
    .refine(
      (value) => value < 1 || Number.isInteger(value),
      'expected a share below 1 or a whole number of components',
    )
    .default(0.97),
});

/** Fills in defaults and refuses what cannot be used, naming the setting. */
export function dfmSettings(given: unknown): DFMSettings {
  return parseSettings('DFM', schema, given);
}

/** The settings as a command line offers them. */
export const dfmOptions: readonly MethodOption[] = [
  {
    key: 'score',
    flags: '--score <kind>',
    description: 'fre: reconstruction error, with a map (default); nll: negative log-likelihood',
  },
  {
    key: 'pool',
    flags: '--pool <n>',
    description: 'side of the windows that features are averaged over (default 4)',
    parse: Number,
  },
  {
    key: 'keep',
    flags: '--keep <share|n>',
    description: 'variance that the principal components keep, or how many (default 0.97)',
    parse: Number,
  },
];
