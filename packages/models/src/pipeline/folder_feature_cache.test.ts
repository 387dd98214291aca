import { chmod, mkdir, readdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Backbone } from '../backbone/index.js';
import { temporaryFolder } from '../testing/temporary.js';
import { TINY_BACKBONE, TINY_PREPROCESS, tinyTrainingSet } from '../testing/tiny.js';
import { PatchCore } from '../typed_methods.js';
import { FolderFeatureCache } from './folder_feature_cache.js';

const backbone = await Backbone.open(TINY_BACKBONE, { convention: '0..1' });
afterAll(() => backbone.close());
const images = await tinyTrainingSet();
const root = await temporaryFolder();
const fit = async (cache?: FolderFeatureCache, from = images) => {
  const preprocess = TINY_PREPROCESS;
  const model = await PatchCore.fit(backbone, from, { preprocess, threshold: { rule: 'none' }, cache });
  return model.fitted.tensors;
};
const exact = await fit();

/** Files of a cache, with their folders. */
async function entries(folder: string): Promise<string[]> {
  const all = await readdir(folder, { recursive: true });
  return all.filter((name) => name.endsWith('.entry')).map((name) => join(folder, name));
}

test('serves another process by the bytes of the image, wherever the image lies', async () => {
  const folder = join(root, 'shared');
  await fit(await FolderFeatureCache.open(folder));
  const paths = await Promise.all(
    images.map(async (image, i) => {
      const path = join(root, `${i}.png`);
      await writeFile(path, image);
      return path;
    }),
  );
  const cache = await FolderFeatureCache.open(folder);
  const model = await PatchCore.fit(backbone, paths, {
    preprocess: TINY_PREPROCESS,
    threshold: { rule: 'none' },
    cache,
  });
  expect(model.fitted.tensors).toEqual(exact);
  expect(cache.counts).toEqual({ found: images.length, missed: 0, damaged: 0, evicted: 0 });
});

test('makes damaged entries anew and never believes one', async () => {
  const folder = join(root, 'damaged');
  await fit(await FolderFeatureCache.open(folder));
  const [first, second, third, fourth, fifth] = (await entries(folder)) as [
    string,
    string,
    string,
    string,
    string,
  ];
  const content = await readFile(first);
  content[content.length - 5]! ^= 1;
  await writeFile(first, content);
  await truncate(second, 100);
  await truncate(third, 0);
  // Whole, but of another image.
  await writeFile(fourth, await readFile(fifth));
  const cache = await FolderFeatureCache.open(folder);
  expect(await fit(cache)).toEqual(exact);
  expect(cache.counts).toEqual({ found: images.length - 4, missed: 4, damaged: 4, evicted: 0 });
  const mended = await FolderFeatureCache.open(folder);
  expect(await fit(mended)).toEqual(exact);
  expect(mended.counts.found).toBe(images.length);
});

test('stays within its bound, and keeps what was used last', async () => {
  const folder = join(root, 'bounded');
  await fit(await FolderFeatureCache.open(folder));
  const files = await entries(folder);
  const sizes = await Promise.all(files.map(async (file) => (await readFile(file)).length));
  // 5 x 8 x 8 and 7 x 4 x 4 floats, and a header.
  expect(sizes.every((size) => size > 1728 && size < 2400)).toBe(true);
  const total = sizes.reduce((a, b) => a + b);
  for (const [i, file] of files.entries()) await utimes(file, i + 1, i + 1);
  // The first entry is used again: the second is now the oldest.
  const toucher = await FolderFeatureCache.open(folder);
  const key = files[0]!.slice(-70, -6);
  for (const image of images) {
    const before = await entries(folder);
    expect(before).toHaveLength(images.length);
    await toucher.shelf(backbone, TINY_PREPROCESS).find(image);
  }
  for (const [i, file] of files.entries()) if (!file.includes(key)) await utimes(file, i + 1, i + 1);
  const maxBytes = total - 1;
  const cache = await FolderFeatureCache.open(folder, { maxBytes });
  expect(cache.counts.evicted).toBeGreaterThan(0);
  const left = await entries(folder);
  expect(left).toContain(files[0]);
  expect(left).not.toContain(files[1]);
  expect(await fit(cache)).toEqual(exact);
  const now = await Promise.all((await entries(folder)).map(async (file) => (await readFile(file)).length));
  expect(now.reduce((a, b) => a + b)).toBeLessThanOrEqual(maxBytes);
});

test('goes without where a single entry is larger than the bound', async () => {
  const cache = await FolderFeatureCache.open(join(root, 'small'), { maxBytes: 100 });
  expect(await fit(cache)).toEqual(exact);
  expect(await entries(join(root, 'small'))).toEqual([]);
});

test('does not fail the work when it cannot write any more, and says why', async () => {
  const folder = join(root, 'gone');
  const cache = await FolderFeatureCache.open(folder);
  await rm(folder, { recursive: true });
  await writeFile(folder, 'in the way');
  expect(await fit(cache)).toEqual(exact);
  expect(cache.failure?.message).toMatch(/ENOTDIR|EEXIST/);
});

test('removes drafts that a killed process has left, not those of others that are at work', async () => {
  const folder = join(root, 'drafts');
  await FolderFeatureCache.open(folder);
  await mkdir(join(folder, 'ab'));
  await writeFile(join(folder, 'ab', 'old.entry.123.tmp'), 'x');
  await utimes(join(folder, 'ab', 'old.entry.123.tmp'), 1, 1);
  await writeFile(join(folder, 'ab', 'new.entry.123.tmp'), 'x');
  await FolderFeatureCache.open(folder);
  expect(await readdir(join(folder, 'ab'))).toEqual(['new.entry.123.tmp']);
});

test('leaves alone a folder that holds something else, and a place it cannot write', async () => {
  await mkdir(join(root, 'parts'));
  await writeFile(join(root, 'parts', 'part.png'), images[0]!);
  await expect(FolderFeatureCache.open(join(root, 'parts'))).rejects.toMatchObject({ code: 'E_ARGUMENT' });
  expect(await readdir(join(root, 'parts'))).toEqual(['part.png']);
  const file = join(root, 'file');
  await writeFile(file, '');
  await chmod(file, 0o400);
  await expect(FolderFeatureCache.open(join(file, 'below'))).rejects.toMatchObject({ code: 'E_WRITE' });
  await expect(FolderFeatureCache.open(join(root, 'none'), { maxBytes: 0 })).rejects.toMatchObject({
    code: 'E_ARGUMENT',
  });
});
