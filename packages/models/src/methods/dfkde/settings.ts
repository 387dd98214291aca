import { z } from 'zod';
import type { MethodOption } from '../method.js';
import { parseSettings } from '../settings.js';

/** What DFKDE can be asked for. */
export interface DFKDESettings {
  /** Principal components that the density is estimated in. */
  components: number;
  /** `scale` divides coordinates by the largest norm among training images, `norm` brings each to unit length. */
  scaling: 'scale' | 'norm';
  /** Scott's rule n^(-1/(d+4)), or the factor itself. */
  bandwidth: 'scott' | number;
}

const schema = z.strictObject({
  components: z.int().positive().default(16),
  scaling: z.enum(['scale', 'norm']).default('scale'),
  bandwidth: z.union([z.literal('scott'), z.number().positive()]).default('scott'),
});

/** Fills in defaults and refuses what cannot be used, naming the setting. */
export function dfkdeSettings(given: unknown): DFKDESettings {
  return parseSettings('DFKDE', schema, given);
}

/** The settings as a command line offers them. */
export const dfkdeOptions: readonly MethodOption[] = [
  {
    key: 'components',
    flags: '--components <n>',
    description: 'principal components that the density is estimated in (default 16)',
    parse: Number,
  },
  {
    key: 'scaling',
    flags: '--scaling <how>',
    description: 'scale: by the largest training norm (default); norm: each image to unit length',
  },
  {
    key: 'bandwidth',
    flags: '--bandwidth <h>',
    description: "of the kernels: 'scott' (default) or a factor",
    parse: (text) => (text === 'scott' ? text : Number(text)),
  },
];
