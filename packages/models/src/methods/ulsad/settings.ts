import { z } from 'zod';
import type { MethodOption } from '../method.js';
import { parseSettings } from '../settings.js';
import { defined, type TrainingSettings, trainingOptions, trainingSchema } from '../trained/options.js';

/** Settings of ULSAD; see its README. */
export interface ULSADSettings extends TrainingSettings {
  /** Channels of the feature map; the layers' are averaged in groups to as many. */
  channels: number;
  /** Side of the kernel of the feature autoencoder's last layer. */
  lastKernel: number;
  /** Which maps make the score: the sum of both, or that of the local branch alone. */
  branches: 'both' | 'local';
}

const schema = z.strictObject({
  ...trainingSchema,
  // The quantiles need images that were not learned from.
  holdout: z.number().positive().max(0.5).optional(),
  channels: z.int().positive().optional(),
  lastKernel: z.literal([3, 5]).optional(),
  branches: z.enum(['both', 'local']).default('both'),
});

const PRESETS = {
  fast: { epochs: 80, batch: 8, rate: 1e-3, weightDecay: 2e-5, holdout: 0.1, channels: 128, lastKernel: 3 },
  paper: { epochs: 200, batch: 8, rate: 2e-4, weightDecay: 2e-5, holdout: 0.1, channels: 384, lastKernel: 5 },
} as const;

/** Side of the square that images are resized to. */
export const ULSAD_IMAGE_SIZE = { fast: 128, paper: 256 } as const;

/** Fills in the preset's values. */
export function ulsadSettings(given: unknown): ULSADSettings {
  const { preset, branches, ...own } = parseSettings('ULSAD', schema, given);
  return { preset, ...PRESETS[preset], branches, ...defined(own) };
}

export const ulsadOptions: readonly MethodOption[] = [
  ...trainingOptions,
  {
    key: 'channels',
    flags: '--channels <n>',
    description: "channels of the feature map (default: the preset's)",
    parse: Number,
  },
  {
    key: 'lastKernel',
    flags: '--last-kernel <n>',
    description: "3 or 5: kernel of the feature autoencoder's last layer (default: the preset's)",
    parse: Number,
  },
  {
    key: 'branches',
    flags: '--branches <which>',
    description: 'both, or local: without the branch that looks at the whole image (default: both)',
  },
];
