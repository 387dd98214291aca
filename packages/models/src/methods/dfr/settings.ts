import { z } from 'zod';
import type { MethodOption } from '../method.js';
import { parseSettings } from '../settings.js';
import { defined, type TrainingSettings, trainingOptions, trainingSchema } from '../trained/options.js';

/** Settings of DFR; see its README. */
export interface DFRSettings extends TrainingSettings {
  /** Channels of the bottleneck; below 1 the share of the variance that as many principal components keep. */
  latent: number;
  /** Input pixels per position, at least the finest layer's. */
  stride: number;
}

const schema = z.strictObject({
  ...trainingSchema,
  latent: z
    .number()
    .positive()
    .refine((latent) => latent < 1 || Number.isInteger(latent), 'expected a whole number, or a share below 1')
    .optional(),
  stride: z.int().positive().optional(),
});

const PRESETS = {
  fast: { epochs: 20, batch: 4, rate: 1e-3, weightDecay: 0, holdout: 0, latent: 0.9, stride: 8 },
  paper: { epochs: 700, batch: 4, rate: 1e-4, weightDecay: 0, holdout: 0, latent: 0.9, stride: 4 },
} as const;

/** Fills in the preset's values. */
export function dfrSettings(given: unknown): DFRSettings {
  const { preset, ...own } = parseSettings('DFR', schema, given);
  return { preset, ...PRESETS[preset], ...defined(own) };
}

export const dfrOptions: readonly MethodOption[] = [
  ...trainingOptions,
  {
    key: 'latent',
    flags: '--latent <n>',
    description:
      'channels of the bottleneck, or below 1 the share of the variance it could keep (default: 0.9)',
    parse: Number,
  },
  {
    key: 'stride',
    flags: '--stride <px>',
    description: "input pixels per position (default: the preset's)",
    parse: Number,
  },
];
