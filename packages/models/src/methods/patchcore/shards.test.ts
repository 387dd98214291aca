import { describe, expect, test } from 'vitest';
import type { FeatureBatch } from '../../pipeline/features.js';
import { Timing } from '../../pipeline/timing.js';
import { fitMemoryBank } from './fit.js';
import { planBank } from './memory.js';
import { patchCoreSettings } from './settings.js';

const GRID = 6;
const IMAGES = 40;
const CHANNELS = [3, 4];
const plan = {
  images: IMAGES,
  layers: CHANNELS.map((channels) => ({ channels, height: GRID, width: GRID })),
};

/** Batches of 8 images whose maps are smooth, and differ from image to image. */
async function* batches(): AsyncGenerator<FeatureBatch> {
  for (let first = 0; first < IMAGES; first += 8) {
    const maps = CHANNELS.map((channels, level) => {
      const data = Float32Array.from({ length: 8 * channels * GRID * GRID }, (_, i) => {
        const image = first + Math.floor(i / (channels * GRID * GRID));
        return (1 + 9 * level) * Math.sin(i * 0.37 + image * 1.3) + Math.cos(image * (level + 1));
      });
      return { data, channels, height: GRID, width: GRID };
    });
    yield { images: 8, maps, release() {} };
  }
}

async function fit(budget: number, more: object = {}) {
  const settings = patchCoreSettings({ coreset: 0.1, patchSize: 1, ...more });
  const context = { plan, memory: budget, seed: 2, timing: new Timing() };
  return fitMemoryBank(batches(), settings, context);
}

/** All training patches, levels scaled. */
async function patches(scales: number[]): Promise<number[][]> {
  const rows: number[][] = [];
  for await (const { maps } of batches()) {
    for (let image = 0; image < 8; image++) {
      for (let at = 0; at < GRID * GRID; at++) {
        rows.push(
          maps.flatMap(({ data, channels }, level) =>
            Array.from(
              { length: channels },
              (_, c) => scales[level]! * data[(image * channels + c) * GRID * GRID + at]!,
            ),
          ),
        );
      }
    }
  }
  return rows;
}

describe('a bank made in shards', async () => {
  const settings = patchCoreSettings({ coreset: 0.1, patchSize: 1 });
  const need = planBank(plan, settings, 1e9).bytes;
  const exact = await fit(need);
  const sharded = await fit(0.6 * need);

  test('has as many rows as the exact one, of the patches themselves', async () => {
    expect([exact.shards, sharded.shards > 1]).toEqual([1, true]);
    expect(sharded.bank.rows).toBe(exact.bank.rows);
    expect(sharded.patches).toBe(IMAGES * GRID * GRID);
    for (const [i, scale] of sharded.scales.entries()) expect(scale / exact.scales[i]!).toBeCloseTo(1, 6);
    const all = await patches(sharded.scales);
    const { data, rows, cols } = sharded.bank;
    for (let row = 0; row < rows; row++) {
      const kept = [...data.subarray(row * cols, (row + 1) * cols)];
      expect(all.some((patch) => patch.every((value, i) => Math.abs(value - kept[i]!) < 1e-5))).toBe(true);
    }
  });

  test.each([
    ['exact', exact],
    ['sharded', sharded],
  ])('keeps every patch within its radius (%s)', async (_name, { bank, scales, radius }) => {
    const { data, rows, cols } = bank;
    let farthest = 0;
    for (const patch of await patches(scales)) {
      let nearest = Number.POSITIVE_INFINITY;
      for (let row = 0; row < rows; row++) {
        nearest = Math.min(nearest, Math.hypot(...patch.map((value, i) => value - data[row * cols + i]!)));
      }
      farthest = Math.max(farthest, nearest);
    }
    expect(farthest).toBeLessThanOrEqual(radius * (1 + 1e-5));
    expect(farthest).toBeGreaterThan(0);
  });

  test('is the same again, and holds a share of a balanced or a plain form', async () => {
    expect(await fit(0.6 * need)).toEqual(sharded);
    const plain = await fit(0.6 * need, { balanceLevels: false });
    expect(plain.scales).toEqual([1, 1]);
    expect(plain.bank.rows).toBe(exact.bank.rows);
  });
});
