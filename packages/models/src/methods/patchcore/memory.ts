import { AdError, coresetScratchBytes, projectionDimension } from '@ad/core-native';
import { BATCH_IMAGES } from '../../pipeline/features.js';
import { type FitPlan, type MemoryPlan, patchesPerImage, totalChannels } from '../method.js';
import { coresetSize, type PatchCoreSettings } from './settings.js';

/** What a fit of known size works with. */
export interface BankPlan extends MemoryPlan {
  /** All training patches, and the rows that the bank keeps of them. */
  rows: number;
  kept: number;
  /** Columns of the random projection; none where it would not be smaller. */
  components: number | null;
  /** Patches that are reduced at a time: all of them, or fewer where memory is short. */
  shardRows: number;
}

/** A shard keeps half more than its share, so that the last reduction has something to choose from. */
const SURPLUS = 1.5;

/** Rows that a shard hands on. */
export function keptOfShard({ rows, kept }: Pick<BankPlan, 'rows' | 'kept'>, shardRows: number): number {
  return Math.min(shardRows, Math.ceil((SURPLUS * kept * shardRows) / rows));
}

/**
 * Bytes that a fit holds at its peak beside process and backbone. Within the budget all patches are held at once, which
 * is exact; beyond it they are reduced in shards as large as the budget allows.
 *
 * @throws AdError E_OUT_OF_MEMORY, naming the least budget, where even the smallest shards are too large
 */
export function planBank(plan: FitPlan, settings: PatchCoreSettings, budget: number): BankPlan {
  const perImage = patchesPerImage(plan);
  const rows = plan.images * perImage;
  const cols = totalChannels(plan);
  const kept = coresetSize(settings.coreset, rows);
  const projected = projectionDimension(rows);
  const components = projected < cols ? projected : null;
  const common = { rows, kept, components };

  const reduce = (from: number, to: number): number => {
    if (to >= from) return 0;
    const copy = components === null ? 0 : 4 * from * components;
    return copy + coresetScratchBytes(from, components ?? cols, to) + 4 * to * cols;
  };
  const whole = 4 * rows * cols + reduce(rows, kept);
  if (whole <= budget) return { ...common, shardRows: rows, bytes: whole };

  const inShards = (images: number): number => {
    const shard = images * perImage;
    const shards = Math.ceil(rows / shard);
    const pool = shards * keptOfShard(common, shard);
    return (
      4 * pool * cols +
      Math.max(4 * shard * cols + reduce(shard, keptOfShard(common, shard)), reduce(pool, kept))
    );
  };
  // Whole batches, since those are embedded at once.
  let images = BATCH_IMAGES * Math.ceil(plan.images / BATCH_IMAGES - 1);
  while (images > BATCH_IMAGES && inShards(images) > budget) images -= BATCH_IMAGES;
  const least = inShards(BATCH_IMAGES);
  if (kept === rows || images < BATCH_IMAGES || least >= whole) throw tooLittle(whole, budget);
  if (inShards(images) > budget) throw tooLittle(least, budget);
  const shardRows = images * perImage;
  return { ...common, shardRows, bytes: inShards(images), note: noteOf(Math.ceil(rows / shardRows), budget) };
}

function noteOf(shards: number, budget: number): string {
  return (
    `patches are reduced in ${shards} parts to stay within ${(budget / 1e6).toFixed(0)} MB: ` +
    'the memory bank is close to the exact coreset, but not the same'
  );
}

function tooLittle(least: number, budget: number): AdError {
  const mb = (bytes: number) => `${Math.ceil(bytes / 1e6)} MB`;
  return new AdError(
    'E_OUT_OF_MEMORY',
    `Fitting PatchCore on these images holds ${mb(least)} at least beside the backbone; it may hold ${mb(budget)}.`,
    `Allow it more with --max-memory, keep less with --coreset, or fit on fewer images, a smaller crop or fewer layers.`,
  );
}
