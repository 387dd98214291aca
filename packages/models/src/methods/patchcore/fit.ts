import { levelMoments, type Matrix, patchEmbed, scaleLevels } from '@ad/core-native';
import type { FeatureBatch } from '../../pipeline/features.js';
import { type FitContext, patchesPerImage, totalChannels } from '../method.js';
import { allocateRows, rowsOf } from '../rows.js';
import { LevelStatistics } from './levels.js';
import { type BankPlan, keptOfShard, planBank } from './memory.js';
import { gatherInto, selectRows } from './select.js';
import { coresetSize, type PatchCoreSettings } from './settings.js';

/** What fitting learns: the memory bank, and the factor of each level. */
export interface MemoryBank {
  bank: Matrix;
  scales: number[];
  patches: number;
  /** No training patch is farther from the bank than this, measured along the random projection. */
  radius: number;
  /** Parts that the patches were reduced in; 1 is the exact coreset. */
  shards: number;
}

/**
 * Embeds every patch of every good image and keeps the greedy k-centre coreset of them (paper, algorithm 1).
 *
 * Where memory is short, by merge and reduce: each shard of patches hands on a coreset of its own, half more than its share, and
 * the bank is the coreset of what was handed on. No patch is farther from the bank than the largest radius of a shard
 * plus that of the last reduction (triangle inequality); Malkomes et al. 2015 prove such a bank at most twice as far off
 * as the greedy one where each shard hands on as many rows as the bank has.
 */
export async function fitMemoryBank(
  batches: AsyncIterable<FeatureBatch>,
  settings: PatchCoreSettings,
  context: FitContext,
): Promise<MemoryBank> {
  const plan = planBank(context.plan, settings, context.memory);
  const fit = new BankFit(plan, settings, context);
  for await (const batch of batches) await fit.add(batch);
  return fit.finish();
}

const TOO_LITTLE = 'Give --max-memory, or fit on fewer images, a smaller crop, or fewer layers.';

class BankFit {
  readonly #channels: number[];
  readonly #shard: Matrix;
  readonly #statistics: LevelStatistics;
  /** What full shards handed on, levels not scaled. */
  #pool: { rows: Matrix; scales: number[]; radius: number }[] = [];
  #filled = 0;
  #patches = 0;

  constructor(
    private readonly plan: BankPlan,
    private readonly settings: PatchCoreSettings,
    private readonly context: FitContext,
  ) {
    this.#channels = context.plan.layers.map(({ channels }) => channels);
    this.#shard = allocateRows(plan.shardRows, totalChannels(context.plan), TOO_LITTLE);
    this.#statistics = new LevelStatistics(this.#channels);
  }

  /** Embeds a batch, after making room for it. */
  async add({ images, maps, release }: FeatureBatch): Promise<void> {
    const { signal, threads, device, timing, plan, onProgress } = this.context;
    const rows = images * patchesPerImage(plan);
    if (this.#filled + rows > this.#shard.rows) await this.#reduce();
    const into = { matrix: this.#shard, row: this.#filled };
    const { patchSize } = this.settings;
    await timing.measure('embed', () =>
      patchEmbed(maps, { images, patchSize, into }, { signal, threads, device }),
    );
    release();
    this.#filled += rows;
    onProgress?.({ stage: 'features', share: (this.#patches + this.#filled) / this.plan.rows });
  }

  async finish(): Promise<MemoryBank> {
    if (this.#pool.length === 0) return this.#whole();
    if (this.#filled > 0) await this.#reduce();
    const scales = this.#scales();
    const rows = this.#pool.reduce((sum, part) => sum + part.rows.rows, 0);
    const pool = allocateRows(rows, this.#shard.cols, TOO_LITTLE);
    let at = 0;
    let radius = 0;
    for (const part of this.#pool) {
      pool.data.set(part.rows.data, at * pool.cols);
      at += part.rows.rows;
      // Distances were measured with the levels' scales as they were known then.
      const grown = Math.max(...scales.map((scale, i) => scale / part.scales[i]!));
      radius = Math.max(radius, part.radius * grown);
    }
    const shards = this.#pool.length;
    this.#pool = [];
    await this.#scale(pool, scales);
    const last = await this.#coreset(pool, Math.min(this.#kept(), rows));
    return { ...last, radius: radius + last.radius, scales, patches: this.#patches, shards };
  }

  /** All patches are here. */
  async #whole(): Promise<MemoryBank> {
    const patches = this.#here();
    await this.#measure(patches);
    const scales = this.#scales();
    await this.#scale(patches, scales);
    return { ...(await this.#coreset(patches, this.#kept())), scales, patches: this.#patches, shards: 1 };
  }

  /** Hands on a coreset of the shard, and empties it. */
  async #reduce(): Promise<void> {
    const patches = this.#here();
    await this.#measure(patches);
    const scales = this.#scales();
    await this.#scale(patches, scales);
    // A shard is part of reading the images: their progress goes on after it.
    const quiet = { ...this.context, onProgress: undefined };
    const { bank, radius } = await this.#coreset(patches, keptOfShard(this.plan, patches.rows), quiet);
    // The shard is filled anew; a selection that is all of it would change with it.
    const rows = bank === patches ? { ...bank, data: bank.data.slice() } : bank;
    await this.#scale(
      rows,
      scales.map((scale) => 1 / scale),
    );
    this.#pool.push({ rows, scales, radius });
    this.#filled = 0;
  }

  async #coreset(
    patches: Matrix,
    count: number,
    context = this.context,
  ): Promise<{ bank: Matrix; radius: number }> {
    if (count === patches.rows) return { bank: patches, radius: 0 };
    const { indices, radius } = await selectRows(patches, count, this.plan.components, context);
    const bank = allocateRows(count, patches.cols, TOO_LITTLE);
    gatherInto(bank, 0, patches, indices);
    return { bank, radius };
  }

  /** Rows of the bank; of fewer patches than planned where some images could not be read. */
  #kept(): number {
    return coresetSize(this.settings.coreset, this.#patches);
  }

  #here(): Matrix {
    return rowsOf(this.#shard, 0, this.#filled);
  }

  async #measure(patches: Matrix): Promise<void> {
    this.#patches += patches.rows;
    if (!this.settings.balanceLevels) return;
    const { signal, threads, device, timing } = this.context;
    const moments = await timing.measure('balance', () =>
      levelMoments(patches, this.#channels, { signal, threads, device }),
    );
    this.#statistics.add(patches.rows, moments);
  }

  #scales(): number[] {
    return this.settings.balanceLevels ? this.#statistics.factors() : this.#channels.map(() => 1);
  }

  async #scale(patches: Matrix, scales: number[]): Promise<void> {
    if (!this.settings.balanceLevels) return;
    const { signal, threads, device, timing } = this.context;
    await timing.measure('balance', () =>
      scaleLevels(patches, this.#channels, scales, { signal, threads, device }),
    );
  }
}
