import { availableParallelism } from 'node:os';
import { AdError, type CallOptions } from '@ad/core-native';
import { z } from 'zod';
import type { Tensor } from '../../artefact/index.js';
import { Inference } from '../../backbone/inference.js';
import type { FeatureBatch } from '../../pipeline/features.js';
import type { FittedMethod, Json, PatchScores } from '../method.js';
import { damaged, stateOf } from '../saved.js';

const shapeSchema = z.tuple([z.int().positive(), z.int().positive(), z.int().positive()]);

const stateSchema = z.strictObject({
  /** Wants the pixels before the feature maps. */
  pixels: z.boolean(),
  /** `[channels, height, width]` of each layer. */
  maps: z.array(shapeSchema).min(1),
  /** Height and width of the pixels that the backbone is given. */
  input: z.tuple([z.int().positive(), z.int().positive()]),
  /** Height and width of the map it gives. */
  output: z.tuple([z.int().positive(), z.int().positive()]),
  images: z.int().positive(),
  /** The epoch whose weights these are. */
  epoch: z.int().positive(),
  /** Mean training loss of that epoch. */
  loss: z.number(),
});

/** What a trained network is, beside its weights. */
export type NetworkState = z.infer<typeof stateSchema>;

/** The output of every scoring network. */
export const MAP = 'map';

/**
 * A method that scores with a network: pixels and feature maps in, a map out. The image score is the largest value of
 * the map.
 *
 * @param network - the ONNX file; kept in the artefact as it is
 */
export async function fittedNetwork(
  settings: Json,
  state: NetworkState,
  network: Uint8Array,
  { threads = availableParallelism() }: Pick<CallOptions, 'threads'>,
): Promise<FittedMethod> {
  const inference = await start(network, threads);
  return {
    settings,
    state,
    tensors: { network: { data: network, shape: [network.length] } },
    patches: state.images,
    facts: { epochs: state.epoch, loss: state.loss, 'network MB': Number((network.length / 1e6).toFixed(1)) },
    network,
    async score(batch) {
      return { image: null, patches: await scoreBatch(inference, state, batch) };
    },
    close: () => inference.close(),
  };
}

/** The same from what an artefact holds. */
export async function restoreNetwork(
  { settings, state, tensors }: { settings: Json; state: Json; tensors: Record<string, Tensor> },
  options: Pick<CallOptions, 'threads'> = {},
): Promise<FittedMethod> {
  const network = tensors.network?.data;
  if (!(network instanceof Uint8Array)) throw damaged("there is no uint8 tensor 'network'");
  return fittedNetwork(settings, stateOf(stateSchema, state), network, options);
}

async function start(network: Uint8Array, threads: number): Promise<Inference> {
  try {
    return await Inference.start(network, { threads, provider: 'cpu' });
  } catch (cause) {
    throw damaged(`its network cannot be loaded: ${(cause as Error).message}`);
  }
}

async function scoreBatch(
  inference: Inference,
  { pixels, input, maps, output: [height, width] }: NetworkState,
  batch: FeatureBatch,
): Promise<PatchScores> {
  checkShapes(batch, maps);
  const image = pixels ? [{ data: batch.pixels!, shape: [3, ...input] as const }] : [];
  const all = [...image, ...shaped(batch, maps)];
  const scores = new Float32Array(batch.images * height * width);
  // One at a time, because onnxruntime rounds otherwise where there are more: a score must not depend on its company.
  for (let i = 0; i < batch.images; i++) {
    // Copies, because the memory of what is run goes to the thread.
    const inputs = all.map(({ data, shape }) => {
      const length = shape[0] * shape[1] * shape[2];
      return { data: new Float32Array(data.subarray(i * length, (i + 1) * length)), shape: [1, ...shape] };
    });
    const { outputs } = await inference.run(inputs, [MAP]);
    scores.set(outputs[0]!.data, i * height * width);
  }
  return { data: scores, height, width };
}

function shaped({ maps }: FeatureBatch, shapes: NetworkState['maps']) {
  return maps.map(({ data }, i) => ({ data, shape: shapes[i]! }));
}

function checkShapes({ maps }: FeatureBatch, learned: NetworkState['maps']): void {
  const text = (shapes: readonly (readonly number[])[]) =>
    shapes.map((shape) => shape.join(' x ')).join(', ');
  const found = text(maps.map(({ channels, height, width }) => [channels, height, width]));
  if (found === text(learned)) return;
  throw new AdError(
    'E_IMAGE',
    `The image gives feature maps of ${found}; the model has learned from ${text(learned)}.`,
    'Give images of the shape that the model was fitted on, or fit with --crop or --resize stretch.',
  );
}
