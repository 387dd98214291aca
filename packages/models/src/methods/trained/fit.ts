import { AdError } from '@ad/core-native';
import { OnnxError } from '@ad/onnx';
import {
  type Initialiser,
  type Layers,
  lossGraph,
  type Optimiser,
  Tape,
  TrainingLayers,
  trainingStep,
  type Value,
  type Weights,
} from '@ad/onnx/autodiff';
import type { FeatureBatch } from '../../pipeline/features.js';
import type { ExampleStore } from '../../training/example_store.js';
import { epochOrder } from '../../training/random.js';
import type { Schedule } from '../../training/schedule.js';
import { train } from '../../training/trainer.js';
import type { FitContext, FittedMethod } from '../method.js';
import { collectExamples, type ExampleKind } from './collect.js';
import { controlOf } from './control.js';
import { fittedNetwork } from './fitted.js';
import { splitExamples, type TrainingSettings } from './options.js';

/** The examples of a fit: which are learned from, and which are held out. */
export interface Examples {
  store: ExampleStore;
  learn: readonly number[];
  heldOut: readonly number[];
}

/** A network that learns: what a trained method is beside what all have. */
export interface Design {
  /** First values; the same at each call. */
  initialise: () => Initialiser;
  optimiser: Optimiser;
  rate: Schedule;
  /** One number to make small; examples are inputs of the tape. */
  loss(tape: Tape, layers: Layers, batch: number): Value;
  /** See {@link FittedMethod.network}. */
  scorer(weights: Weights): Promise<Uint8Array<ArrayBuffer>>;
  /** See `TrainingPlan.leastBatch`. */
  leastBatch?: number;
}

export interface FitNetworkOptions {
  kind: ExampleKind;
  /** Bytes of examples that may stay in memory. */
  memory: number;
  /** The grid of the map that the network gives; the input's unless told. */
  output?: { height: number; width: number };
  /** Checks before the images are read what can be checked. */
  check?: () => void;
  design(examples: Examples): Promise<Design>;
}

/**
 * Collects the examples, trains, and makes the network that scores. Held-out images choose the epoch where the settings
 * hold any out; test images are never seen.
 */
export async function fitNetwork(
  batches: AsyncIterable<FeatureBatch>,
  settings: TrainingSettings,
  context: FitContext,
  { kind, memory, output, check, design: designOf }: FitNetworkOptions,
): Promise<FittedMethod> {
  const { plan, seed, threads, timing } = context;
  asBackboneError(() => check?.());
  const store = await collectExamples(batches, context, kind, memory);
  try {
    const split = splitExamples(store.count, settings.holdout, epochOrder(store.count, seed, 0));
    const design = await designOf({ store, ...split });
    const build = (batch: number, mode: 'learn' | 'judge') => {
      const tape = new Tape();
      const layers = new TrainingLayers(tape, design.initialise(), mode);
      return { layers, loss: design.loss(tape, layers, batch) };
    };
    const { optimiser, rate, leastBatch } = design;
    const { epochs, batch } = settings;
    const trained = await timing.measure('train', () =>
      train(
        {
          examples: store,
          learn: split.learn,
          heldOut: split.heldOut,
          step(size) {
            const { layers, loss } = build(size, 'learn');
            return trainingStep(loss, layers, optimiser);
          },
          heldOutLoss: (size) => lossGraph(build(size, 'judge').loss),
          optimiser,
          rate,
          epochs,
          batch,
          leastBatch,
          seed,
        },
        controlOf(context),
      ),
    );
    const { height, width } = plan.input;
    const state = {
      pixels: kind.pixels,
      input: [height, width] as [number, number],
      maps: plan.layers.map((layer): [number, number, number] => [layer.channels, layer.height, layer.width]),
      output: (output ? [output.height, output.width] : [height, width]) as [number, number],
      images: split.learn.length,
      epoch: trained.epoch,
      loss: trained.losses[trained.epoch - 1]!,
    };
    return await fittedNetwork({ ...settings }, state, await design.scorer(trained.weights), { threads });
  } finally {
    await store.close();
  }
}

function asBackboneError(work: () => void): void {
  try {
    work();
  } catch (cause) {
    if (!(cause instanceof OnnxError)) throw cause;
    throw new AdError('E_BACKBONE', cause.message, cause.hint, { cause });
  }
}
