import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Backbone } from '../backbone/index.js';
import { temporaryFolder } from '../testing/temporary.js';
import { golden, TINY_BACKBONE, TINY_PREPROCESS, tinyImage, tinyTrainingSet } from '../testing/tiny.js';
import { PatchCore } from '../typed_methods.js';
import type { FeatureCache } from './feature_cache.js';
import { FolderFeatureCache } from './folder_feature_cache.js';
import { MemoryFeatureCache } from './memory_feature_cache.js';
import { Timing } from './timing.js';

const backbone = await Backbone.open(TINY_BACKBONE, { convention: '0..1' });
afterAll(() => backbone.close());
const images = await tinyTrainingSet();
const options = { preprocess: TINY_PREPROCESS, threshold: { rule: 'none' } } as const;
const folder = await temporaryFolder();
let folders = 0;

/** Every cache. */
const CACHES: [string, () => Promise<FeatureCache>][] = [
  ['memory', async () => new MemoryFeatureCache()],
  ['folder', () => FolderFeatureCache.open(join(folder, `${folders++}`))],
];

describe.each(CACHES)('a cache in a %s', (_, open) => {
  test('gives the same model, and does not ask the backbone', async () => {
    const cache = await open();
    await PatchCore.fit(backbone, images, { ...options, cache, coreset: 0.5 });
    const timing = new Timing();
    const kept = await PatchCore.fit(backbone, images, { ...options, cache, timing, seed: 9 });
    const fresh = await PatchCore.fit(backbone, images, { ...options, seed: 9 });
    expect(kept.fitted.tensors).toEqual(fresh.fitted.tensors);
    expect(timing.toJSON()).not.toHaveProperty('backbone');
  });

  test('joins images that are kept and new ones, in order', async () => {
    const model = await PatchCore.fit(backbone, images, options);
    const defects = await Promise.all([0, 1, 2].map((i) => tinyImage(golden.train + i)));
    const predict = async (list: Buffer[], cache?: FeatureCache) => {
      const found: unknown[] = [];
      for await (const [, prediction] of model.predictAll(list, { cache })) found.push(prediction);
      return found;
    };
    const cache = await open();
    await predict([defects[1]!, images[0]!], cache);
    const mixed = [...defects, ...images];
    expect(await predict(mixed, cache)).toEqual(await predict(mixed));
  });

  test('keeps other pre-processings, layers and conventions apart', async () => {
    const cache = await open();
    const find = async (...of: Parameters<FeatureCache['shelf']>) => cache.shelf(...of).find(images[0]!);
    const slot = await find(backbone, TINY_PREPROCESS);
    const maps = [{ data: new Float32Array(5 * 8 * 8), channels: 5, height: 8, width: 8 }];
    const size = { width: 64, height: 64 };
    const all = { left: 0, top: 0, ...size };
    await slot.keep({ geometry: { original: size, input: size, placed: all, inspected: all }, maps });
    expect((await find(backbone, { ...TINY_PREPROCESS })).kept?.maps).toEqual(maps);
    expect((await find(backbone, { ...TINY_PREPROCESS, crop: 48 })).kept).toBeUndefined();
    const others = [{ layers: ['fine'], convention: '0..1' }, { convention: '-1..1' }] as const;
    for (const other of others) {
      const opened = await Backbone.open(TINY_BACKBONE, other);
      expect((await find(opened, TINY_PREPROCESS)).kept).toBeUndefined();
      await opened.close();
    }
  });

  test('leaves it to the decoder to say what is wrong with an image', async () => {
    const cache = await open();
    const fit = (image: string | Buffer) =>
      PatchCore.fit(backbone, [...images, image], { ...options, cache });
    const missing = join(folder, 'missing.png');
    await expect(fit(missing)).rejects.toMatchObject({
      code: 'E_IMAGE',
      message: expect.stringMatching(missing),
    });
    await expect(fit(Buffer.from('no image'))).rejects.toMatchObject({ code: 'E_IMAGE' });
    await expect(fit(Buffer.alloc(0))).rejects.toMatchObject({
      message: expect.stringMatching(/it is empty/),
    });
  });
});

test('some of the layers serve a method that works on fewer', async () => {
  const cache = new MemoryFeatureCache();
  await PatchCore.fit(backbone, images, { ...options, cache });
  const coarse = backbone.select(['coarse']);
  const selected = cache.select(backbone, coarse, TINY_PREPROCESS);
  const timing = new Timing();
  const kept = await PatchCore.fit(coarse, images, { ...options, cache: selected, timing });
  const alone = await Backbone.open(TINY_BACKBONE, { convention: '0..1', layers: ['coarse'] });
  const fresh = await PatchCore.fit(alone, images, options);
  await alone.close();
  expect(kept.fitted.tensors).toEqual(fresh.fitted.tensors);
  expect(timing.toJSON()).not.toHaveProperty('backbone');
  expect(() => backbone.select(['finest'])).toThrow("has no output 'finest'. It has: fine, coarse");
});
