import { type CallOptions, NearestIndex } from '@ad/core-native';
import { z } from 'zod';
import type { FeatureBatch } from '../../pipeline/features.js';
import type { FittedMethod, Json, Method } from '../method.js';
import { matrixOf, stateOf, tensorOf } from '../saved.js';
import { Scratch } from '../scratch.js';
import { fitMemoryBank, type MemoryBank } from './fit.js';
import { planBank } from './memory.js';
import { type SearchableBank, scorePatches } from './score.js';
import { type PatchCoreSettings, patchCoreOptions, patchCoreSettings } from './settings.js';

export type { PatchCoreSettings } from './settings.js';

const stateSchema = z.strictObject({
  /** Factor of each level, finest grid first. */
  scales: z.array(z.number()),
  patches: z.int().nonnegative(),
  radius: z.number(),
  /** 1: the exact coreset. */
  shards: z.int().positive(),
});

/** PatchCore (Roth et al. 2022, arXiv:2106.08265): see this folder's README. */
export const patchcore: Method<PatchCoreSettings> = {
  name: 'patchcore',
  layers: [8, 16],
  options: patchCoreOptions,
  settings: patchCoreSettings,
  oneScale: true,
  minImages: () => 1,
  memory: planBank,

  async fit(batches, settings, context) {
    const learned = await fitMemoryBank(batches, settings, context);
    const { signal, threads, device, timing } = context;
    return timing.measure('index', () => fitted(settings, learned, { signal, threads, device }));
  },

  async restore({ settings, state, tensors }, options = {}) {
    const { scales, patches, radius, shards } = stateOf(stateSchema, state);
    const bank = matrixOf(tensors, 'bank', [null, null]);
    return fitted(patchCoreSettings(settings), { bank, scales, patches, radius, shards }, options);
  },
};

async function fitted(
  settings: PatchCoreSettings,
  learned: MemoryBank,
  options: CallOptions,
): Promise<FittedMethod> {
  const { bank, scales, patches, radius, shards } = learned;
  const index = await NearestIndex.build(bank, options);
  const searchable: SearchableBank = { bank, scales, index, scratch: new Scratch() };
  return {
    settings: { ...settings },
    state: { scales, patches, radius, shards } satisfies Json,
    tensors: { bank: tensorOf(bank) },
    patches,
    facts: { bank: bank.rows, dimension: bank.cols, radius, ...(shards > 1 && { shards }) },
    score: (batch: FeatureBatch, call: CallOptions) => scorePatches(searchable, settings, batch, call),
  };
}
