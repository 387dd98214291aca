import { availableParallelism } from 'node:os';
import { Inference } from '../../backbone/inference.js';
import type { FeatureBatch } from '../../pipeline/features.js';
import { ExampleStore } from '../../training/example_store.js';
import type { FitContext, FitPlan } from '../method.js';
import { type EmbeddingPlan, embeddingNetwork } from './embedding.js';

/** Names under which examples are fed: pixels, one feature map per layer, or all of these as one. */
export const IMAGE = 'image';
export const FEATURES = 'features';
export const mapName = (level: number) => `map${level}`;

/** What a network learns from. */
export interface ExampleKind {
  /** Pixels beside the features. */
  pixels: boolean;
  /** One map of features in place of the layers' maps. */
  embedding?: EmbeddingPlan | undefined;
}

/** The tensors of an example. */
function shapesOf({ layers, input }: FitPlan, { pixels, embedding }: ExampleKind): Record<string, number[]> {
  const maps = layers.map((layer, i) => [mapName(i), [layer.channels, layer.height, layer.width]] as const);
  return {
    ...(pixels && { [IMAGE]: [3, input.height, input.width] }),
    ...(embedding
      ? { [FEATURES]: [embedding.channels, embedding.grid.height, embedding.grid.width] }
      : Object.fromEntries(maps)),
  };
}

/** Bytes of an image's example. */
export function exampleBytes(plan: FitPlan, kind: ExampleKind): number {
  const sizes = Object.values(shapesOf(plan, kind)).map((shape) => shape.reduce((a, b) => a * b, 1));
  return 4 * sizes.reduce((a, b) => a + b, 0);
}

/**
 * Keeps what a network learns from.
 *
 * @param memory - bytes that may stay in memory; the rest goes to a file
 * @throws AdError E_NOT_FINITE, E_WRITE
 */
export async function collectExamples(
  batches: AsyncIterable<FeatureBatch>,
  { plan, threads = availableParallelism(), onProgress }: FitContext,
  kind: ExampleKind,
  memory: number,
): Promise<ExampleStore> {
  const store = new ExampleStore(shapesOf(plan, kind), { memory });
  const { embedding } = kind;
  const embedder =
    embedding && (await Inference.start(embeddingNetwork(embedding), { threads, provider: 'cpu' }));
  try {
    for await (const batch of batches) {
      const tensors = embedder ? await embedded(embedder, batch) : mapsOf(batch);
      await store.add(batch.images, kind.pixels ? { [IMAGE]: batch.pixels!, ...tensors } : tensors);
      batch.release();
      onProgress?.({ stage: 'features', share: store.count / plan.images });
    }
    return store;
  } catch (error) {
    await store.close();
    throw error;
  } finally {
    await embedder?.close();
  }
}

function mapsOf({ maps }: FeatureBatch): Record<string, Float32Array> {
  return Object.fromEntries(maps.map(({ data }, i) => [mapName(i), data]));
}

async function embedded(
  embedder: Inference,
  { images, maps }: FeatureBatch,
): Promise<Record<string, Float32Array>> {
  const inputs = maps.map(({ data, channels, height, width }) => ({
    data: new Float32Array(data),
    shape: [images, channels, height, width],
  }));
  const { outputs } = await embedder.run(inputs, [FEATURES]);
  return { [FEATURES]: outputs[0]!.data };
}
