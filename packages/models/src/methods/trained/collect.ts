import type { FeatureBatch } from '../../pipeline/features.js';
import { ExampleStore } from '../../training/example_store.js';
import type { FitContext } from '../method.js';

/** Names under which examples are fed: pixels, and one feature map per layer. */
export const IMAGE = 'image';
export const mapName = (level: number) => `map${level}`;

/**
 * Keeps what a network learns from: feature maps, and pixels where they are wanted.
 *
 * @param memory - bytes that may stay in memory; the rest goes to a file
 * @throws AdError E_NOT_FINITE, E_WRITE
 */
export async function collectExamples(
  batches: AsyncIterable<FeatureBatch>,
  { plan, onProgress }: FitContext,
  { pixels, memory }: { pixels: boolean; memory: number },
): Promise<ExampleStore> {
  const { height, width } = plan.input;
  const shapes = Object.fromEntries(
    plan.layers.map((layer, i) => [mapName(i), [layer.channels, layer.height, layer.width]]),
  );
  const store = new ExampleStore(pixels ? { [IMAGE]: [3, height, width], ...shapes } : shapes, { memory });
  try {
    for await (const batch of batches) {
      const tensors = Object.fromEntries(batch.maps.map(({ data }, i) => [mapName(i), data]));
      await store.add(batch.images, pixels ? { [IMAGE]: batch.pixels!, ...tensors } : tensors);
      batch.release();
      onProgress?.({ stage: 'features', share: store.count / plan.images });
    }
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Bytes of an image's example. */
export function exampleBytes({ layers, input }: FitContext['plan'], pixels: boolean): number {
  const maps = layers.reduce((sum, { channels, height, width }) => sum + channels * height * width, 0);
  return 4 * (maps + (pixels ? 3 * input.height * input.width : 0));
}
