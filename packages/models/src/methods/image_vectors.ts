import type { Matrix } from '@ad/core-native';
import type { FeatureBatch } from '../pipeline/features.js';
import type { FitContext } from './method.js';
import { allocateRows, rowsOf } from './rows.js';

/**
 * One row per image, of all batches.
 *
 * @param embed - rows of a batch, `[images, cols]`
 * @throws AdError E_OUT_OF_MEMORY
 */
export async function collectVectors(
  batches: AsyncIterable<FeatureBatch>,
  cols: number,
  { plan, timing, onProgress }: FitContext,
  embed: (batch: FeatureBatch) => Matrix,
): Promise<Matrix> {
  const all = allocateRows(plan.images, cols, 'Fit on fewer images or fewer layers.');
  let rows = 0;
  for await (const batch of batches) {
    const vectors = await timing.measure('embed', async () => embed(batch));
    all.data.set(vectors.data, rows * cols);
    rows += batch.images;
    onProgress?.({ stage: 'features', share: rows / plan.images });
  }
  return rowsOf(all, 0, rows);
}
