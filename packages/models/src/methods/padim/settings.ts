import { z } from 'zod';
import type { MethodOption } from '../method.js';
import { parseSettings } from '../settings.js';

/** What PaDiM can be asked for. Defaults are the paper's. */
export interface PaDiMSettings {
  /**
   * Channels that are kept of all layers' together, chosen at random. Default: 100 of up to 1,024 (the paper's for
   * ResNet-18), 550 of more (for Wide-ResNet-50-2), all where there are fewer.
   */
  channels: number | null;
  /** epsilon of equation 1: added to the diagonal of every covariance, so that it can be inverted. */
  ridge: number;
  /**
   * Channels whose covariances with all others are kept; the others are taken to be independent of each other given
   * these. Default: all, the paper's. A fifth of them makes model and fit smaller and scoring faster.
   */
  rank: number | null;
}

const schema = z.strictObject({
  channels: z.int().positive().nullable().default(null),
  ridge: z.number().positive().default(0.01),
  rank: z.int().positive().nullable().default(null),
});

/** Fills in defaults and refuses what cannot be used, naming the setting. */
export function paDiMSettings(given: unknown): PaDiMSettings {
  return parseSettings('PaDiM', schema, given);
}

/** Channels that a fit keeps of so many. */
export function keptChannels({ channels }: PaDiMSettings, total: number): number {
  return Math.min(total, channels ?? (total <= 1024 ? 100 : 550));
}

/** Of how many of its channels a model keeps all covariances. */
export function keptRank({ rank }: PaDiMSettings, channels: number): number {
  return Math.min(channels, rank ?? channels);
}

/** The settings as a command line offers them. */
export const paDiMOptions: readonly MethodOption[] = [
  {
    key: 'channels',
    flags: '--channels <n>',
    description: 'channels kept, chosen at random (default 100, or 550 of more than 1,024)',
    parse: Number,
  },
  {
    key: 'ridge',
    flags: '--ridge <epsilon>',
    description: 'added to the diagonal of each covariance (default 0.01)',
    parse: Number,
  },
  {
    key: 'rank',
    flags: '--rank <n>',
    description:
      'channels whose covariances with all others are kept (default all; 20 makes a model of 100 a third)',
    parse: Number,
  },
];
