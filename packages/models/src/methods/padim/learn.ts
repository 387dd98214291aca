import { PositionMoments, triangleSize } from '@ad/core-native';
import { BATCH_IMAGES, type FeatureBatch } from '../../pipeline/features.js';
import type { FitContext } from '../method.js';
import { allocateRows, rowsOf } from '../rows.js';
import { type Embedding, embed } from './embed.js';

/** Embeddings that may wait however small the moments are, in bytes. */
const WAITING_BYTES = 160e6;

/** What a fit holds. */
export interface Waiting {
  /** Images whose embeddings are added together. */
  images: number;
  /** Of moments and embeddings. */
  bytes: number;
}

/**
 * Each update reads and writes all moments, so images wait and are added together: in batches of one size, of a sixth
 * of the moments' memory or {@link WAITING_BYTES}, whichever is more. Whatever memory there is: other batches would
 * round otherwise.
 */
export function planWaiting(images: number, positions: number, cols: number): Waiting {
  const image = 4 * positions * cols;
  // Triangles, and means in double and single precision; and a batch's chosen channels.
  const held = 4 * positions * (triangleSize(cols) + 3 * cols) + BATCH_IMAGES * image;
  const whole = (count: number) => BATCH_IMAGES * Math.max(1, count);
  const most = whole(Math.floor(Math.max(held / 6, WAITING_BYTES) / image / BATCH_IMAGES));
  const together = whole(Math.ceil(images / Math.ceil(images / most) / BATCH_IMAGES));
  return { images: together, bytes: held + together * image };
}

/** Moments of each position over all images, in one pass. */
export async function learnMoments(
  batches: AsyncIterable<FeatureBatch>,
  embedding: Embedding,
  { plan, timing, signal, threads, device, onProgress }: FitContext,
): Promise<PositionMoments> {
  const positions = embedding.height * embedding.width;
  const moments = new PositionMoments(positions, embedding.channels.length);
  const together = planWaiting(plan.images, positions, moments.cols).images;
  const rows = allocateRows(together * positions, moments.cols, 'Keep fewer --channels.');
  let waiting = 0;
  const add = async () => {
    await timing.measure('moments', () =>
      moments.add(rowsOf(rows, 0, waiting * positions), { signal, threads, device }),
    );
    waiting = 0;
  };
  for await (const batch of batches) {
    if (waiting + batch.images > together) await add();
    const into = { matrix: rows, row: waiting * positions };
    await timing.measure('embed', () => embed(embedding, batch, { signal, threads, device }, into));
    waiting += batch.images;
    onProgress?.({ stage: 'features', share: (moments.images + waiting) / plan.images });
  }
  if (waiting > 0) await add();
  return moments;
}
