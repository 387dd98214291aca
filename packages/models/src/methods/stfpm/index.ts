import { Model } from '@ad/onnx';
import { kaimingFanOut, sgd, Tape, TrainingLayers } from '@ad/onnx/autodiff';
import { normalNumbers } from '../../training/random.js';
import { constantRate } from '../../training/schedule.js';
import type { FitPlan, Method } from '../method.js';
import { planTraining } from '../trained/budget.js';
import { fitNetwork } from '../trained/fit.js';
import { restoreNetwork } from '../trained/fitted.js';
import { trainingOptions } from '../trained/options.js';
import { type StudentTask, stfpmLoss, stfpmScorer } from './network.js';
import { STFPM_IMAGE_SIZE, type STFPMSettings, stfpmSettings } from './settings.js';

export type { STFPMSettings } from './settings.js';

const MOMENTUM = 0.9;

/** STFPM (Wang et al. 2021, arXiv:2103.04257): see this folder's README. */
export const stfpm: Method<STFPMSettings> = {
  name: 'stfpm',
  layers: [4, 8, 16],
  options: trainingOptions,
  settings: stfpmSettings,
  oneScale: true,
  pixels: true,
  minImages: ({ holdout }) => (holdout > 0 ? 2 : 1),
  recipe: ({ preset }) => ({
    preprocess: { resize: 'stretch', imageSize: STFPM_IMAGE_SIZE[preset], crop: null },
    map: { sigma: 0, border: 'mirror' },
  }),
  memory: (plan, { batch }, budget) => planTraining('STFPM', plan, sizeOf(plan, batch), budget),

  fit(batches, settings, context) {
    const { plan, backbone, seed } = context;
    const { graph } = Model.read(backbone.bytes);
    const task: StudentTask = { graph, names: backbone.layers, layers: plan.layers, input: plan.input };
    const initialise = () => kaimingFanOut(normalNumbers(seed));
    return fitNetwork(batches, settings, context, {
      kind: { pixels: true },
      memory: planTraining('STFPM', plan, sizeOf(plan, settings.batch), context.memory).examples,
      check() {
        const tape = new Tape();
        stfpmLoss(tape, new TrainingLayers(tape, initialise()), task, 1);
      },
      design: async () => ({
        initialise,
        optimiser: sgd({ momentum: MOMENTUM, weightDecay: settings.weightDecay }),
        rate: constantRate(settings.rate),
        loss: (tape, layers, batch) => stfpmLoss(tape, layers, task, batch),
        scorer: async (weights) => stfpmScorer(weights, task),
      }),
    });
  },

  restore: restoreNetwork,
};

/** Measured on ResNet-18: a step holds about 34 values per value of the layers' maps; a student is small beside that. */
function sizeOf({ layers }: FitPlan, batch: number) {
  const values = layers.reduce((sum, { channels, height, width }) => sum + channels * height * width, 0);
  return { state: 100e6, perImage: 34 * 4 * values, batch, kind: { pixels: true } };
}
