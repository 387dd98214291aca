import {
  AdError,
  coresetScratchBytes,
  greedyCoreset,
  levelMoments,
  type Matrix,
  patchEmbed,
  projectionDimension,
  scaleLevels,
  sparseProjection,
} from '@ad/core-native';
import type { FeatureBatch } from '../../pipeline/features.js';
import { SeededRandom } from '../../random.js';
import type { FitContext, FitPlan } from '../method.js';
import { coresetSize, type PatchCoreSettings } from './settings.js';

/** What fitting learns: the memory bank, and the factor of each level. */
export interface MemoryBank {
  bank: Matrix;
  scales: number[];
  patches: number;
  /** Largest distance of any training patch to the bank. */
  radius: number;
}

/** Bytes at the peak: all embeddings, then their projection and the coreset's scratch, then the bank. */
export function fitMemory(plan: FitPlan, settings: PatchCoreSettings): number {
  const rows = plan.images * plan.patchesPerImage;
  const cols = sum(plan.channels);
  const kept = coresetSize(settings.coreset, rows);
  const embeddings = 4 * rows * cols;
  if (kept === rows) return embeddings;
  const projected = Math.min(projectionDimension(rows), cols);
  const copy = projected < cols ? 4 * rows * projected : 0;
  return embeddings + copy + coresetScratchBytes(rows, projected, kept) + 4 * kept * cols;
}

/** Embeds every patch of every good image and keeps the greedy k-centre coreset of them (paper, algorithm 1). */
export async function fitMemoryBank(
  batches: AsyncIterable<FeatureBatch>,
  settings: PatchCoreSettings,
  context: FitContext,
): Promise<MemoryBank> {
  const { channels } = context.plan;
  const patches = await embedAll(batches, settings, context);
  const scales = settings.balanceLevels
    ? await context.timing.measure('balance', () => balanceLevels(patches, channels, context))
    : channels.map(() => 1);
  const count = coresetSize(settings.coreset, patches.rows);
  if (count === patches.rows) return { bank: patches, scales, patches: patches.rows, radius: 0 };
  const { indices, radius } = await selectRows(patches, count, context);
  return { bank: gather(patches, indices), scales, patches: patches.rows, radius };
}

async function embedAll(
  batches: AsyncIterable<FeatureBatch>,
  settings: PatchCoreSettings,
  context: FitContext,
): Promise<Matrix> {
  const { plan, signal, threads, timing } = context;
  const cols = sum(plan.channels);
  const rows = plan.images * plan.patchesPerImage;
  const matrix: Matrix = { data: allocate(rows * cols), rows, cols };
  let row = 0;
  for await (const { images, maps } of batches) {
    await timing.measure('embed', () =>
      patchEmbed(maps, { images, patchSize: settings.patchSize, into: { matrix, row } }, { signal, threads }),
    );
    row += images * plan.patchesPerImage;
    context.onProgress?.({ stage: 'features', share: row / rows });
  }
  // Fewer images than planned: some could not be read.
  return { data: matrix.data.subarray(0, row * cols), rows: row, cols };
}

async function balanceLevels(patches: Matrix, channels: number[], context: FitContext): Promise<number[]> {
  const { signal, threads } = context;
  const moments = await levelMoments(patches, channels, { signal, threads });
  // A level without any variation has nothing to balance.
  const scales = moments.map(({ std }, i) => Math.fround(1 / ((std || 1) * Math.sqrt(channels[i]!))));
  await scaleLevels(patches, channels, scales, { signal, threads });
  return scales;
}

async function selectRows(patches: Matrix, count: number, context: FitContext) {
  const { seed, signal, threads, timing } = context;
  const options = (stage: string) => ({
    signal,
    threads,
    onProgress: (share: number) => context.onProgress?.({ stage, share }),
  });
  const components = projectionDimension(patches.rows);
  const points =
    components < patches.cols
      ? await timing.measure('projection', () =>
          sparseProjection(patches, { components, seed }, options('projection')),
        )
      : patches;
  const start = new SeededRandom(seed).below(patches.rows);
  return timing.measure('coreset', () => greedyCoreset(points, { count, start }, options('coreset')));
}

function gather(patches: Matrix, indices: Uint32Array): Matrix {
  const { cols } = patches;
  const data = new Float32Array(indices.length * cols);
  indices.forEach((index, i) => {
    data.set(patches.data.subarray(index * cols, (index + 1) * cols), i * cols);
  });
  return { data, rows: indices.length, cols };
}

function allocate(floats: number): Float32Array {
  try {
    return new Float32Array(floats);
  } catch (cause) {
    throw new AdError(
      'E_OUT_OF_MEMORY',
      `The patch embeddings need ${(floats * 4e-9).toFixed(1)} GB in one piece, which this process cannot have.`,
      'Fit on fewer images, a smaller crop, or fewer layers.',
      { cause },
    );
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
