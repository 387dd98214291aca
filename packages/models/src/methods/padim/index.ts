import {
  type CallOptions,
  factorise,
  type GaussianFactors,
  mahalanobis,
  PositionMoments,
} from '@ad/core-native';
import { z } from 'zod';
import { BATCH_IMAGES, type FeatureBatch } from '../../pipeline/features.js';
import { SeededRandom } from '../../random.js';
import { withinBudget } from '../budget.js';
import { largestPerImage } from '../largest.js';
import { type FitContext, type FitPlan, type FittedMethod, type Method, totalChannels } from '../method.js';
import { damaged, matrixOf, stateOf, tensorOf } from '../saved.js';
import { chosenLayers, type Embedding, embed } from './embed.js';
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
  // One image has no covariance.
  minImages: () => 2,

  memory(plan, settings, budget) {
    // Which channels are chosen decides the grid; without a seed, the finest is the most it can be.
    const [{ height, width }] = plan.layers as [FitPlan['layers'][0]];
    const cols = keptChannels(settings, totalChannels(plan));
    const moments = height * width * (cols + (cols * (cols + 1)) / 2);
    const batch = 2 * BATCH_IMAGES * height * width * cols;
    return withinBudget(
      'PaDiM',
      4 * (moments + batch),
      budget,
      'Allow it more with --max-memory, keep fewer --channels, or use a smaller --crop.',
    );
  },

  async fit(batches, settings, context) {
    const embedding = embeddingOf(context.plan, settings, context.seed);
    const moments = await learn(batches, embedding, context);
    const { signal, threads, timing } = context;
    const { images } = moments;
    const gaussians = await timing.measure('factorise', () =>
      factorise(moments, { ridge: settings.ridge }, { signal, threads }),
    );
    return fitted(settings, { ...embedding, channels: [...embedding.channels], images }, gaussians);
  },

  async restore({ settings, state, tensors }) {
    const mean = matrixOf(tensors, 'mean');
    const factors = matrixOf(tensors, 'factors');
    const gaussians = { positions: mean.rows, cols: mean.cols, mean: mean.data, factors: factors.data };
    return fitted(paDiMSettings(settings), stateOf(stateSchema, state), gaussians);
  },
};

/** Draws the channels. */
function embeddingOf(plan: FitPlan, settings: PaDiMSettings, seed: number): Embedding {
  const total = totalChannels(plan);
  const channels = new SeededRandom(seed).choose(keptChannels(settings, total), total);
  const { height, width } = chosenLayers(plan.layers, channels)[0]!.layer;
  return { channels, height, width };
}

async function learn(
  batches: AsyncIterable<FeatureBatch>,
  embedding: Embedding,
  { plan, timing, signal, threads, onProgress }: FitContext,
): Promise<PositionMoments> {
  const moments = new PositionMoments(embedding.height * embedding.width, embedding.channels.length);
  for await (const batch of batches) {
    const rows = await timing.measure('embed', () => embed(embedding, batch, { signal, threads }));
    await timing.measure('moments', () => moments.add(rows, { signal, threads }));
    onProgress?.({ stage: 'features', share: moments.images / plan.images });
  }
  return moments;
}

function fitted(
  settings: PaDiMSettings,
  state: z.infer<typeof stateSchema>,
  gaussians: GaussianFactors,
): FittedMethod {
  const { positions, cols, mean, factors } = gaussians;
  const { images, height, width } = state;
  checkShapes(state, gaussians);
  return {
    settings: { ...settings },
    state,
    tensors: {
      mean: tensorOf({ data: mean, rows: positions, cols }),
      factors: tensorOf({ data: factors, rows: positions, cols: (cols * (cols + 1)) / 2 }),
    },
    patches: images * positions,
    facts: { positions, dimension: cols },
    async score(batch: FeatureBatch, options: CallOptions) {
      const rows = await embed(state, batch, options);
      const data = await mahalanobis(rows, gaussians, options);
      return { image: largestPerImage(data, batch.images), patches: { data, height, width } };
    },
  };
}

function checkShapes({ channels, height, width }: Embedding, { positions, cols }: GaussianFactors): void {
  if (channels.length === cols && height * width === positions) return;
  throw damaged(
    `it has ${positions} Gaussians of ${cols} dimensions; expected ${height * width} of ${channels.length}`,
  );
}
