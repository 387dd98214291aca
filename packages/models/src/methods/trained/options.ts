import { z } from 'zod';
import type { MethodOption } from '../method.js';

/** Settings that every trained method has. */
export interface TrainingSettings {
  /** `paper`: everything as published. `fast`: practical on two cores. */
  preset: 'fast' | 'paper';
  /** Passes over the training images. */
  epochs: number;
  /** Images per step. */
  batch: number;
  /** Learning rate. */
  rate: number;
  /** Added to the gradient: this times the weight. */
  weightDecay: number;
  /**
   * Share of the good images that is not learned from: the epoch with the smallest loss on them is kept. 0: all are
   * learned from and the last epoch is kept.
   */
  holdout: number;
}

/** Their schema; what is not given is the preset's. */
export const trainingSchema = {
  preset: z.enum(['fast', 'paper']).default('fast'),
  epochs: z.int().positive().optional(),
  batch: z.int().positive().optional(),
  rate: z.number().positive().optional(),
  weightDecay: z.number().nonnegative().optional(),
  holdout: z.number().min(0).max(0.5).optional(),
};

/** Those of the given values that there are. */
export function defined<T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}

/** Their options on a command line. */
export const trainingOptions: readonly MethodOption[] = [
  {
    key: 'preset',
    flags: '--preset <name>',
    description: 'paper: as published; fast: practical on two cores (default: fast)',
  },
  {
    key: 'epochs',
    flags: '--epochs <n>',
    description: "passes over the training images (default: the preset's)",
    parse: Number,
  },
  {
    key: 'batch',
    flags: '--batch <n>',
    description: "images per step (default: the preset's)",
    parse: Number,
  },
  { key: 'rate', flags: '--rate <r>', description: "learning rate (default: the preset's)", parse: Number },
  {
    key: 'weightDecay',
    flags: '--weight-decay <d>',
    description: "pull of the weights towards zero (default: the preset's)",
    parse: Number,
  },
  {
    key: 'holdout',
    flags: '--holdout <share>',
    description:
      "good images that choose the best epoch instead of being learned from (default: the preset's)",
    parse: Number,
  },
];

/** Which examples are learned from and which are held out; at least one of each where a share is asked for. */
export function splitExamples(count: number, holdout: number, order: readonly number[]) {
  const held = holdout === 0 ? 0 : Math.min(Math.max(1, Math.round(holdout * count)), count - 1);
  return { heldOut: order.slice(0, held), learn: order.slice(held).sort((a, b) => a - b) };
}
