import { availableParallelism } from 'node:os';
import { AdError } from '@ad/core-native';
import {
  adam,
  fanInUniform,
  type Initialiser,
  type Layers,
  type Tape,
  type Value,
  xavierUniform,
} from '@ad/onnx/autodiff';
import { uniformNumbers } from '../../training/random.js';
import { constantRate, cosineRate } from '../../training/schedule.js';
import { type FitPlan, type Method, totalChannels } from '../method.js';
import { planTraining } from '../trained/budget.js';
import { FEATURES, IMAGE } from '../trained/collect.js';
import type { EmbeddingPlan } from '../trained/embedding.js';
import { scaled } from '../trained/embedding.js';
import { fitNetwork } from '../trained/fit.js';
import { restoreNetwork } from '../trained/fitted.js';
import { scalingOf } from '../trained/scaling.js';
import { ulsadLoss } from './loss.js';
import { featureAutoencoder, globalAutoencoder } from './network.js';
import { type ULSADTask, ulsadScorer } from './scorer.js';
import { ULSAD_IMAGE_SIZE, type ULSADSettings, ulsadOptions, ulsadSettings } from './settings.js';

export type { ULSADSettings } from './settings.js';

/** ULSAD (Patra, Ben Taieb 2024): see this folder's README. */
export const ulsad: Method<ULSADSettings> = {
  name: 'ulsad',
  layers: [8, 16],
  options: ulsadOptions,
  settings: ulsadSettings,
  oneScale: true,
  pixels: true,
  // Two to learn from, because the bottleneck is normalised over the images of a batch, and one for the quantiles.
  minImages: () => 3,
  recipe: ({ preset }) => ({
    preprocess: { resize: 'stretch', imageSize: ULSAD_IMAGE_SIZE[preset], crop: null },
    // The score is the largest value of the map as it is (section 3.5), which a blur would lower where a defect is small.
    map: { sigma: 0, border: 'mirror' },
  }),
  memory: (plan, settings, budget) => planTraining('ULSAD', plan, sizeOf(plan, settings), budget),

  fit(batches, settings, context) {
    const { plan, seed, threads = availableParallelism() } = context;
    const embedding = embeddingOf(plan, settings);
    checkInput(plan, embedding);
    return fitNetwork(batches, settings, context, {
      kind: { pixels: true, embedding },
      memory: planTraining('ULSAD', plan, sizeOf(plan, settings), context.memory).examples,
      output: embedding.grid,
      async design(examples) {
        const scaling = await scalingOf(examples.store, FEATURES, examples.learn);
        const { lastKernel, branches, preset, rate, weightDecay } = settings;
        // Half of what features of mean 0 hold is negative: cut off, it cannot be learned, and what cannot be learned is
        // largest in the same cells of every good image.
        const last = { kernel: lastKernel, rectified: preset === 'paper' };
        const task: ULSADTask = { embedding, scaling, side: plan.input.width, last, branches };
        return {
          initialise: () => firstValues(seed),
          optimiser: adam({ weightDecay }),
          rate: preset === 'paper' ? constantRate(rate) : cosineRate(rate),
          loss: (tape, layers, batch) => lossOf(tape, layers, task, batch),
          scorer: (weights) => ulsadScorer(weights, task, examples, threads),
          leastBatch: 2,
        };
      },
    });
  },

  restore: restoreNetwork,
};

/**
 * As in the authors' code. Before a normalisation the size of weights decides nothing but how fast they turn: the global
 * branch with weights as large as the local one's learns at less than half the speed.
 */
function firstValues(seed: number): Initialiser {
  const uniform = uniformNumbers(seed);
  const [local, global] = [xavierUniform(uniform, Math.SQRT2), fanInUniform(uniform)];
  return (shape, layer) => (layer.startsWith('global.') ? global : local)(shape, layer);
}

function lossOf(
  tape: Tape,
  layers: Layers,
  { embedding, scaling, side, last }: ULSADTask,
  batch: number,
): Value {
  const { channels, grid } = embedding;
  const image = tape.input(IMAGE, [batch, 3, side, side]);
  const features = scaled(tape.input(FEATURES, [batch, channels, grid.height, grid.width]), scaling);
  const global = globalAutoencoder(layers, image, channels, grid.height);
  return ulsadLoss(features, featureAutoencoder(layers, features, last), global);
}

function embeddingOf(plan: FitPlan, settings: ULSADSettings): EmbeddingPlan {
  const [finest] = plan.layers as [FitPlan['layers'][0]];
  return {
    layers: plan.layers,
    grid: { height: finest.height, width: finest.width },
    channels: Math.min(settings.channels, totalChannels(plan)),
  };
}

/** The autoencoders halve the image and its features so often that not every size will do. */
function checkInput({ input }: FitPlan, { grid }: EmbeddingPlan): void {
  const square = input.width === input.height && grid.width === grid.height;
  if (square && input.width % 32 === 0 && input.width >= 64 && grid.width % 4 === 0) return;
  throw new AdError(
    'E_ARGUMENT',
    `ULSAD was given images of ${input.width} x ${input.height} with features on ${grid.width} x ${grid.height}; expected squares whose side is a multiple of 32, at least 64, and of 4 in features.`,
    'Use --resize stretch --crop none --image-size 128, or 256.',
  );
}

/** Tensors of the parameters' size. Value and Adam's two, before and after the step: */
const STATES = 2 * 3;
/** Gradients and what makes them: */
const GRADIENTS = 5;
/** The first values, those of the best epoch, and a whole state on its way into a checkpoint: */
const COPIES = 1 + 1 + 3;
/** A thread with onnxruntime and its sessions. */
const THREAD_BYTES = 60e6;

/** Measured on ResNet-18: besides the parameters a step holds the activations of both autoencoders some times over. */
function sizeOf(plan: FitPlan, settings: ULSADSettings) {
  const embedding = embeddingOf(plan, settings);
  const { channels, grid } = embedding;
  const { width, height } = plan.input;
  // Layer by layer as network.ts has them: 3 x 3 from c to 2 c, 2 c to 4 c, 4 c to 4 c; 4 x 4 back to 2 c, c; the last.
  const local = channels ** 2 * (9 * (2 + 8 + 16) + 16 * (8 + 2) + 2 * settings.lastKernel ** 2);
  const global = 0.7e6;
  const state = THREAD_BYTES + 4 * (STATES + GRADIENTS + COPIES) * (local + global);
  const perImage = 4 * (24 * channels * grid.height * grid.width + 12 * 64 * (width / 4) * (height / 4));
  return { state, perImage, batch: settings.batch, kind: { pixels: true, embedding } };
}
