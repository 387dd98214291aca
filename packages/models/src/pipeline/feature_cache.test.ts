import { afterAll, expect, test } from 'vitest';
import { Backbone } from '../backbone/index.js';
import { golden, TINY_BACKBONE, TINY_PREPROCESS, tinyImage, tinyTrainingSet } from '../testing/tiny.js';
import { PatchCore } from '../typed_methods.js';
import { FeatureCache } from './feature_cache.js';
import { Timing } from './timing.js';

const backbone = await Backbone.open(TINY_BACKBONE, { convention: '0..1' });
afterAll(() => backbone.close());
const images = await tinyTrainingSet();
const options = { preprocess: TINY_PREPROCESS, threshold: { rule: 'none' } } as const;

test('a fit from kept features is the same, and does not ask the backbone', async () => {
  const cache = new FeatureCache();
  await PatchCore.fit(backbone, images, { ...options, cache, coreset: 0.5 });
  expect(cache.size).toBe(images.length);
  const timing = new Timing();
  const kept = await PatchCore.fit(backbone, images, { ...options, cache, timing, seed: 9 });
  const fresh = await PatchCore.fit(backbone, images, { ...options, seed: 9 });
  expect(kept.fitted.tensors).toEqual(fresh.fitted.tensors);
  expect(timing.toJSON()).not.toHaveProperty('backbone');
});

test('images that are kept and new ones come together, in order', async () => {
  const model = await PatchCore.fit(backbone, images, options);
  const defects = await Promise.all([0, 1, 2].map((i) => tinyImage(golden.train + i)));
  const scores = async (list: Buffer[], cache?: FeatureCache) => {
    const found: number[] = [];
    for await (const [, { score }] of model.predictAll(list, { cache })) found.push(score);
    return found;
  };
  const cache = new FeatureCache();
  await scores([defects[1]!, images[0]!], cache);
  const mixed = [...defects, ...images];
  expect(await scores(mixed, cache)).toEqual(await scores(mixed));
  expect(cache.size).toBe(mixed.length);
});

test('serves one backbone and one pre-processing', async () => {
  const cache = new FeatureCache();
  await PatchCore.fit(backbone, images, { ...options, cache });
  const other = PatchCore.fit(backbone, images, {
    ...options,
    cache,
    preprocess: { ...TINY_PREPROCESS, crop: 48 },
  });
  await expect(other).rejects.toMatchObject({
    code: 'E_ARGUMENT',
    hint: expect.stringMatching(/new FeatureCache/),
  });
});

test('some of the layers serve a method that works on fewer', async () => {
  const cache = new FeatureCache();
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
