import { describe, expect, test } from 'vitest';
import { keptOfShard, planBank } from './memory.js';
import { patchCoreSettings } from './settings.js';

const bottle = {
  images: 209,
  layers: [
    { channels: 128, height: 28, width: 28 },
    { channels: 256, height: 14, width: 14 },
  ],
  input: { height: 224, width: 224 },
};
const settings = patchCoreSettings({ coreset: 0.1 });

describe('planBank', () => {
  const whole = planBank(bottle, settings, 1e12);

  test('holds all patches at once where they fit', () => {
    expect(whole).toMatchObject({ rows: 163856, kept: 16385, shardRows: 163856, components: 296 });
    expect(whole.note).toBeUndefined();
    expect(planBank(bottle, settings, whole.bytes)).toEqual(whole);
    // Embeddings and their projection are the least that it can be.
    expect(whole.bytes).toBeGreaterThan(4 * 163856 * (384 + 296));
  });

  test.each([0.9, 0.5, 0.25])('stays within %d of the need, with shards of whole batches', (share) => {
    const budget = share * whole.bytes;
    const plan = planBank(bottle, settings, budget);
    expect(plan.bytes).toBeLessThanOrEqual(budget);
    expect(plan.shardRows % (8 * 784)).toBe(0);
    expect(plan.shardRows).toBeLessThan(plan.rows);
    expect(plan.note).toMatch(`${Math.ceil(163856 / plan.shardRows)} parts`);
  });

  test('uses larger shards for a larger budget', () => {
    const rows = [0.25, 0.4, 0.6, 0.8].map(
      (share) => planBank(bottle, settings, share * whole.bytes).shardRows,
    );
    expect(rows).toEqual(rows.toSorted((a, b) => a - b));
    expect(new Set(rows).size).toBe(4);
  });

  test('names the least that will do, and that does', () => {
    const least = () => planBank(bottle, settings, 1e6);
    expect(least).toThrow(
      expect.objectContaining({ code: 'E_OUT_OF_MEMORY', hint: expect.stringMatching(/--max-memory/) }),
    );
    const [, megabytes] = /holds (\d+) MB at least/.exec(messageOf(least))!;
    expect(planBank(bottle, settings, Number(megabytes) * 1e6).bytes).toBeLessThanOrEqual(
      Number(megabytes) * 1e6,
    );
  });

  test('cannot keep all patches in less than all patches take', () => {
    const all = patchCoreSettings({ coreset: 1 });
    expect(() => planBank(bottle, all, 1e8)).toThrow(/252 MB at least/);
  });
});

test('a shard hands on half more than its share, and never more than it has', () => {
  expect(keptOfShard({ rows: 1000, kept: 100 }, 200)).toBe(30);
  expect(keptOfShard({ rows: 1000, kept: 900 }, 200)).toBe(200);
});

function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('expected an error');
}
