import { z } from 'zod';
import type { MethodOption } from '../method.js';
import { parseSettings } from '../settings.js';

/** What SPADE can be asked for. Defaults are the paper's. */
export interface SpadeSettings {
  /** K: training images nearest to an image, whose patches make up its gallery. */
  galleryImages: number;
  /** kappa: patches of the gallery that a patch is compared with. */
  patchNeighbours: number;
}

const schema = z.strictObject({
  galleryImages: z.int().min(1).default(50),
  patchNeighbours: z.int().min(1).default(1),
});

/** Fills in defaults and refuses what cannot be used, naming the setting. */
export function spadeSettings(given: unknown): SpadeSettings {
  return parseSettings('SPADE', schema, given);
}

/** The settings as a command line offers them. */
export const spadeOptions: readonly MethodOption[] = [
  {
    key: 'galleryImages',
    flags: '--gallery-images <k>',
    description: 'nearest training images to compare with (default 50)',
    parse: Number,
  },
  {
    key: 'patchNeighbours',
    flags: '--patch-neighbours <kappa>',
    description: 'patches of theirs to compare a patch with (default 1)',
    parse: Number,
  },
];
