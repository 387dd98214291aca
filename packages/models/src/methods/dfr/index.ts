import { adam, xavierUniform } from '@ad/onnx/autodiff';
import { uniformNumbers } from '../../training/random.js';
import { constantRate, cosineRate } from '../../training/schedule.js';
import { type FitPlan, type Method, totalChannels } from '../method.js';
import { planTraining } from '../trained/budget.js';
import { FEATURES } from '../trained/collect.js';
import type { EmbeddingPlan } from '../trained/embedding.js';
import { fitNetwork } from '../trained/fit.js';
import { restoreNetwork } from '../trained/fitted.js';
import { scalingOf } from '../trained/scaling.js';
import { latentSize } from './latent.js';
import { dfrLoss, dfrScorer } from './network.js';
import { type DFRSettings, dfrOptions, dfrSettings } from './settings.js';

export type { DFRSettings } from './settings.js';

/** DFR (Shi, Yang, Qi 2020, arXiv:2012.07122): see this folder's README. */
export const dfr: Method<DFRSettings> = {
  name: 'dfr',
  layers: 'all',
  options: dfrOptions,
  settings: dfrSettings,
  oneScale: true,
  minImages: ({ holdout }) => (holdout > 0 ? 2 : 1),
  memory: (plan, settings, budget) => planTraining('DFR', plan, sizeOf(plan, settings), budget),

  fit(batches, settings, context) {
    const { plan, seed } = context;
    const embedding = embeddingOf(plan, settings);
    return fitNetwork(batches, settings, context, {
      kind: { pixels: false, embedding },
      memory: planTraining('DFR', plan, sizeOf(plan, settings), context.memory).examples,
      output: embedding.grid,
      async design(examples) {
        const scaling = await scalingOf(examples.store, FEATURES, examples.learn);
        const { latent: asked, rate, preset, weightDecay } = settings;
        const latent = asked < 1 ? await latentSize(examples, scaling, asked, seed) : asked;
        return {
          initialise: () => xavierUniform(uniformNumbers(seed)),
          optimiser: adam({ weightDecay }),
          rate: preset === 'paper' ? constantRate(rate) : cosineRate(rate),
          loss: (tape, layers, batch) => dfrLoss(tape, layers, embedding, scaling, latent, batch),
          scorer: async (weights) => dfrScorer(weights, embedding, scaling, latent),
        };
      },
    });
  },

  restore: restoreNetwork,
};

function embeddingOf(plan: FitPlan, { stride }: DFRSettings): EmbeddingPlan {
  const [finest] = plan.layers as [FitPlan['layers'][0]];
  const cells = (pixels: number, most: number) => Math.max(1, Math.min(most, Math.round(pixels / stride)));
  const grid = {
    height: cells(plan.input.height, finest.height),
    width: cells(plan.input.width, finest.width),
  };
  return { layers: plan.layers, grid, channels: totalChannels(plan) };
}

/** The autoencoder has at most as many channels as the features in each of its layers; a step holds each some times. */
function sizeOf(plan: FitPlan, settings: DFRSettings) {
  const embedding = embeddingOf(plan, settings);
  const { channels, grid } = embedding;
  const perImage = 4 * 24 * channels * grid.height * grid.width;
  return {
    state: 4 * 30 * channels ** 2,
    perImage,
    batch: settings.batch,
    kind: { pixels: false, embedding },
  };
}
