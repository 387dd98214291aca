import { z } from 'zod';
import type { MethodOption } from '../method.js';
import { parseSettings } from '../settings.js';

/** What PatchCore can be asked for. Defaults are the paper's, with levels balanced. */
export interface PatchCoreSettings {
  /** Share of all patches that the memory bank keeps (up to 1), or how many (2 and more). Paper: 0.25, 0.1, 0.01. */
  coreset: number;
  /** b of equation 7: bank rows around the nearest one by which the image score is weighted; 1 = plain maximum. */
  neighbours: number;
  /** p of equation 1: side of the neighbourhood that a patch averages; odd, 1 = none. */
  patchSize: number;
  /** Divides each level by its standard deviation over the training set and by the square root of its channels. */
  balanceLevels: boolean;
}

const schema = z.strictObject({
  coreset: z
    .number()
    .positive()
    .refine(
      (value) => value <= 1 || Number.isInteger(value),
      'expected a share up to 1 or a whole number of rows',
    )
    .default(0.1),
  neighbours: z.int().min(1).max(64).default(9),
  patchSize: z
    .int()
    .min(1)
    .max(15)
    .refine((value) => value % 2 === 1, 'expected an odd number')
    .default(3),
  balanceLevels: z.boolean().default(true),
});

/** Fills in defaults and refuses what cannot be used, naming the setting. */
export function patchCoreSettings(given: unknown): PatchCoreSettings {
  return parseSettings('PatchCore', schema, given);
}

/** Rows that the bank keeps of `patches`, at least 1 and at most all. */
export function coresetSize(coreset: number, patches: number): number {
  const rows = coreset <= 1 ? Math.floor(coreset * patches) : coreset;
  return Math.min(patches, Math.max(1, rows));
}

/** The settings as a command line offers them. */
export const patchCoreOptions: readonly MethodOption[] = [
  {
    key: 'coreset',
    flags: '--coreset <share|rows>',
    description: 'patches kept in the memory bank (default 0.1)',
    parse: Number,
  },
  {
    key: 'neighbours',
    flags: '--neighbours <b>',
    description: 'bank rows that weight the image score (default 9)',
    parse: Number,
  },
  {
    key: 'patchSize',
    flags: '--patch-size <p>',
    description: 'neighbourhood that a patch averages (default 3)',
    parse: Number,
  },
  {
    key: 'balanceLevels',
    flags: '--balance-levels',
    description: 'scale levels to equal strength (default)',
  },
  {
    key: 'balanceLevels',
    flags: '--no-balance-levels',
    description: "leave levels as they are: the paper's plain form",
  },
];
