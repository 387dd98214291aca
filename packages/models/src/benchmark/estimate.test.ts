import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { laid, MARKED } from '../testing/laid.js';
import { temporaryFolder } from '../testing/temporary.js';
import { TINY_BACKBONE, TINY_PREPROCESS } from '../testing/tiny.js';
import { estimatePlan } from './estimate.js';
import { parseMethodSpec } from './method_spec.js';
import { planBenchmark } from './plan.js';
import { RunStore } from './store.js';

const folder = await temporaryFolder();

/** A data set with so many images to learn from and two to test on. */
async function planned(methods: string[], images: number, seeds = [0]) {
  const good = Array.from({ length: images }, (_, i) => [`train/good/${i}.png`, [i + 1]]);
  const root = await laid(join(folder, `data${images}`), {
    ...Object.fromEntries(good),
    'test/good/0.png': [7],
    'test/dent/0.png': [8],
    'ground_truth/dent/0_mask.png': MARKED,
  });
  return planBenchmark({
    data: [root],
    methods: methods.map(parseMethodSpec),
    backbones: [TINY_BACKBONE],
    shots: [null],
    seeds,
    preprocess: TINY_PREPROCESS,
  });
}

describe('what a plan will take', () => {
  test('is nothing where everything is done, and as long as it took where a seed is', async () => {
    // A method that takes pixels: no feature maps are extracted, which only the clock can tell.
    const plan = await planned(['stfpm'], 3, [0, 1, 2]);
    const store = new RunStore(join(folder, 'rates'));
    const [first, second, third] = plan.cells.map(({ id }) => id);
    const took = { fit: { total: 12 }, evaluate: { total: 3 } };
    const failed = {
      cell: plan.cells[0]!,
      status: 'failed',
      error: { code: 'E_DATASET', message: '' },
    } as const;
    await store.save(first!, failed, took);
    expect(await estimatePlan(plan, store)).toEqual({ cells: 2, seconds: 30, unknown: [] });
    await store.save(second!, failed, took);
    await store.save(third!, failed, took);
    expect(await estimatePlan(plan, store)).toEqual({ cells: 0, seconds: 0, unknown: [] });
  });

  test('is probed where nothing is known yet', async () => {
    const found = await estimatePlan(
      await planned(['dfm', 'patchcore'], 3),
      new RunStore(join(folder, 'new')),
    );
    expect(found).toEqual({ cells: 2, seconds: expect.any(Number), unknown: [] });
    expect(found.seconds).toBeGreaterThan(0);
  });

  test('names the methods that a probe cannot tell of', async () => {
    // PaDiM needs two images.
    const plan = await planned(['padim', 'patchcore'], 1);
    expect(await estimatePlan(plan, new RunStore(join(folder, 'few')))).toMatchObject({
      cells: 2,
      unknown: ['padim'],
    });
  });

  test('goes on where one data set cannot be used', async () => {
    const methods = [parseMethodSpec('patchcore')];
    const good = { 'train/good/0.png': [1], 'train/good/1.png': [2], 'test/good/0.png': [3] };
    const [broken, fine] = await Promise.all(
      ['broken', 'fine'].map((name) => laid(join(folder, name), { ...good, 'test/dent/0.png': [4] })),
    );
    await writeFile(join(broken!, 'train/good/0.png'), 'no image');
    await writeFile(join(broken!, 'train/good/1.png'), 'no image');
    const plan = await planBenchmark({
      data: [broken!, fine!],
      methods,
      backbones: [TINY_BACKBONE],
      shots: [null],
      seeds: [0],
      preprocess: TINY_PREPROCESS,
    });
    const found = await estimatePlan(plan, new RunStore(join(folder, 'half')));
    expect(found).toMatchObject({ cells: 2 });
    expect(found.seconds).toBeGreaterThan(0);
  });

  test('stops when it is told to', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    const plan = await planned(['patchcore'], 3);
    await expect(estimatePlan(plan, new RunStore(join(folder, 'stopped')), { signal })).rejects.toThrow(
      'enough',
    );
  });
});
