import { z } from 'zod';
import { parseSettings } from '../settings.js';
import { defined, type TrainingSettings, trainingSchema } from '../trained/options.js';

/** Settings of STFPM; see its README. */
export type STFPMSettings = TrainingSettings;

const PRESETS = {
  fast: { epochs: 40, batch: 32, rate: 0.4, weightDecay: 1e-3, holdout: 0 },
  paper: { epochs: 100, batch: 32, rate: 0.4, weightDecay: 1e-4, holdout: 0.2 },
} as const;

/** Side of the square that images are resized to. */
export const STFPM_IMAGE_SIZE = { fast: 128, paper: 256 } as const;

/** Fills in the preset's values. */
export function stfpmSettings(given: unknown): STFPMSettings {
  const { preset, ...own } = parseSettings('STFPM', z.strictObject(trainingSchema), given);
  return { preset, ...PRESETS[preset], ...defined(own) };
}
