import {
  type CallOptions,
  factorise,
  type GaussianFactors,
  mahalanobis,
  triangleSize,
} from '@ad/core-native';
import { z } from 'zod';
import type { FeatureBatch } from '../../pipeline/features.js';
import { SeededRandom } from '../../random.js';
import { withinBudget } from '../budget.js';
import { type FitPlan, type FittedMethod, type Method, totalChannels } from '../method.js';
import { matrixOf, stateOf, tensorOf } from '../saved.js';
import { chosenLayers, type Embedding, embed } from './embed.js';
import { learnMoments, planWaiting } from './learn.js';
import { keptChannels, type PaDiMSettings, paDiMOptions, paDiMSettings } from './settings.js';

export type { PaDiMSettings } from './settings.js';

const stateSchema = z.strictObject({
  /** See {@link Embedding}. */
  channels: z.array(z.int().nonnegative()).min(1),
  height: z.int().positive(),
  width: z.int().positive(),
  images: z.int().positive(),
});

/** PaDiM (Defard et al. 2020, arXiv:2011.08785): see this folder's README. */
export const padim: Method<PaDiMSettings> = {
  name: 'padim',
  layers: [4, 8, 16],
  options: paDiMOptions,
  settings: paDiMSettings,
  oneScale: true,
  // One image has no covariance.
  minImages: () => 2,

  memory(plan, settings, budget) {
    // Which channels are chosen decides the grid; without a seed, the finest is the most it can be.
    const [{ height, width }] = plan.layers as [FitPlan['layers'][0]];
    const cols = keptChannels(settings, totalChannels(plan));
    const { bytes } = planWaiting(plan.images, height * width, cols);
    return withinBudget(
      'PaDiM',
      bytes,
      budget,
      'Allow it more with --max-memory, keep fewer --channels, or use a smaller --crop.',
    );
  },

  async fit(batches, settings, context) {
    const embedding = embeddingOf(context.plan, settings, context.seed);
    const moments = await learnMoments(batches, embedding, context);
    const { signal, threads, device, timing } = context;
    const { images } = moments;
    const gaussians = await timing.measure('factorise', () =>
      factorise(moments, { ridge: settings.ridge }, { signal, threads, device }),
    );
    return fitted(settings, { ...embedding, channels: [...embedding.channels], images }, gaussians);
  },

  async restore({ settings, state, tensors }) {
    const learned = stateOf(stateSchema, state);
    const positions = learned.height * learned.width;
    const cols = learned.channels.length;
    const { data: mean } = matrixOf(tensors, 'mean', [positions, cols]);
    const { data: factors } = matrixOf(tensors, 'factors', [positions, triangleSize(cols)]);
    return fitted(paDiMSettings(settings), learned, { positions, cols, mean, factors });
  },
};

/** Draws the channels. */
function embeddingOf(plan: FitPlan, settings: PaDiMSettings, seed: number): Embedding {
  const total = totalChannels(plan);
  const channels = new SeededRandom(seed).choose(keptChannels(settings, total), total);
  const { height, width } = chosenLayers(plan.layers, channels)[0]!.layer;
  return { channels, height, width };
}

function fitted(
  settings: PaDiMSettings,
  state: z.infer<typeof stateSchema>,
  gaussians: GaussianFactors,
): FittedMethod {
  const { positions, cols, mean, factors } = gaussians;
  const { images, height, width } = state;
  return {
    settings: { ...settings },
    state,
    tensors: {
      mean: tensorOf({ data: mean, rows: positions, cols }),
      factors: tensorOf({ data: factors, rows: positions, cols: triangleSize(cols) }),
    },
    patches: images * positions,
    facts: { positions, dimension: cols },
    async score(batch: FeatureBatch, options: CallOptions) {
      const rows = await embed(state, batch, options);
      const data = await mahalanobis(rows, gaussians, options);
      return { image: null, patches: { data, height, width } };
    },
  };
}
