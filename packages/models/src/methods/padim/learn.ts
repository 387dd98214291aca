import { PositionMoments } from '@ad/core-native';
import { BATCH_IMAGES, type FeatureBatch } from '../../pipeline/features.js';
import type { FitContext } from '../method.js';
import { allocateRows, rowsOf } from '../rows.js';
import { type Embedding, embed } from './embed.js';

/** Each update reads and writes all moments, which are far larger than an image's features: more at once are cheaper. */
export const IMAGES_AT_ONCE = 4 * BATCH_IMAGES;

/** Moments of each position over all images, in one pass. */
export async function learnMoments(
  batches: AsyncIterable<FeatureBatch>,
  embedding: Embedding,
  { plan, timing, signal, threads, device, onProgress }: FitContext,
): Promise<PositionMoments> {
  const positions = embedding.height * embedding.width;
  const moments = new PositionMoments(positions, embedding.channels.length);
  const rows = allocateRows(IMAGES_AT_ONCE * positions, moments.cols, 'Keep fewer --channels.');
  let waiting = 0;
  const add = async () => {
    await timing.measure('moments', () =>
      moments.add(rowsOf(rows, 0, waiting * positions), { signal, threads, device }),
    );
    waiting = 0;
  };
  for await (const batch of batches) {
    if (waiting + batch.images > IMAGES_AT_ONCE) await add();
    const into = { matrix: rows, row: waiting * positions };
    await timing.measure('embed', () => embed(embedding, batch, { signal, threads, device }, into));
    waiting += batch.images;
    onProgress?.({ stage: 'features', share: (moments.images + waiting) / plan.images });
  }
  if (waiting > 0) await add();
  return moments;
}
