import { symlink } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeImage } from '../image/index.js';
import { laid as layOut } from '../testing/laid.js';
import { temporaryFolder } from '../testing/temporary.js';
import { openDataset } from './dataset.js';
import { listImages, naturally } from './files.js';

const folder = await temporaryFolder();

const laid = (name: string, files: string[]) => layOut(join(folder, name), files);

describe('openDataset', () => {
  it('reads the MVTec layout with masks, in natural order, without hidden files', async () => {
    const root = await laid('bottle', [
      'train/good/10.png',
      'train/good/2.PNG',
      'train/good/.hidden.png',
      'train/good/Thumbs.db',
      'test/good/000.png',
      'test/crack/000.png',
      'test/crack/001.png',
      'ground_truth/crack/000_mask.png',
    ]);
    const data = await openDataset(root);
    expect(data).toMatchObject({ name: 'bottle', layout: 'mvtec' });
    expect(data.train.map((s) => relative(root, s.path))).toEqual(['train/good/2.PNG', 'train/good/10.png']);
    expect(data.test.map((s) => [s.label, s.defect, s.mask && relative(root, s.mask)])).toEqual([
      ['defect', 'crack', 'ground_truth/crack/000_mask.png'],
      ['defect', 'crack', null],
      ['good', null, null],
    ]);
  });

  it('reads good and bad folders, with kinds of defects', async () => {
    const root = await laid('parts', ['OK/a.jpg', 'NG/scratch/b.jpg', 'NG/c.jpg']);
    const data = await openDataset(root);
    expect(data.layout).toBe('good-bad');
    expect(data.train).toHaveLength(1);
    expect(data.test.map((s) => s.defect)).toEqual(['NG', 'scratch']);
  });

  it.each([
    [['good/a.png', 'scratch/b.png', 'dent/c.png'], 'does not know: dent, scratch'],
    [['good/a.png', 'bad/b.png', 'dent/c.png'], 'does not know: dent'],
    [['good/a.png', 'b.png'], 'has images where the good-bad layout has folders only: b.png'],
    [['good/a.png', 'OK/b.png'], 'has OK, good, which mean the same'],
    [['good/a.png', 'bad/b.png', 'ng/c.png'], 'has bad, ng, which mean the same'],
    [['bad/b.png'], 'every image would be learned from as good, those of bad too'],
    [['a.png', 'monday/NG/scratch/b.png'], 'those of monday/NG/scratch too'],
  ])('refuses to guess what %j means', async (files, words) => {
    await expect(
      openDataset(await laid(`guess-${files.join('-').replaceAll('/', '-')}`, files)),
    ).rejects.toThrow(words);
  });

  it('keeps every fifth good image for testing where there are bad ones', async () => {
    const good = Array.from({ length: 11 }, (_, i) => `good/${i}.png`);
    const data = await openDataset(await laid('fifth', [...good, 'bad/x.png']));
    expect(data.test.map(({ path, label }) => [basename(path), label])).toEqual([
      ['4.png', 'good'],
      ['9.png', 'good'],
      ['x.png', 'defect'],
    ]);
    expect(data.train).toHaveLength(9);
    expect((await openDataset(await laid('only-good', good))).train).toHaveLength(11);
  });

  it('reads a plain folder of good images', async () => {
    const data = await openDataset(await laid('plain', ['a.tiff', 'monday/b.bmp', 'notes.txt']));
    expect(data.layout).toBe('plain');
    expect(data.train).toHaveLength(2);
  });

  it('takes each image once where a link leads back', async () => {
    const root = await laid('loop', ['a.png', 'monday/b.png']);
    await symlink('.', join(root, 'self'));
    await symlink(root, join(root, 'monday', 'above'));
    expect((await openDataset(root)).train.map(({ path }) => relative(root, path))).toEqual([
      'a.png',
      'monday/b.png',
    ]);
  });

  it('reads every kind of image that it lists', async () => {
    const root = await laid('kinds', []);
    const grey = { create: { width: 8, height: 8, channels: 3, background: '#777' } } as const;
    for (const kind of ['jpg', 'png', 'webp', 'tiff', 'gif', 'avif'])
      await sharp(grey).toFile(join(root, `a.${kind}`));
    const { train } = await openDataset(root);
    expect(train).toHaveLength(6);
    for (const { path } of train)
      expect(await decodeImage(path), path).toMatchObject({ width: 8, height: 8 });
  });

  it('says of a file where a folder is expected that it is one', async () => {
    const root = await laid('file-for-folder', ['train/good/a.png', 'test']);
    await expect(openDataset(root)).rejects.toThrow(/test is a file, .*; expected a folder/);
  });

  it('says what is missing from a layout that is almost right', async () => {
    const root = await laid('almost', ['train/fine/a.png']);
    await expect(openDataset(root)).rejects.toThrow("has no folder 'good'; it has fine");
  });

  it('says what it looked for in a folder without images, and refuses files and missing folders', async () => {
    await expect(openDataset(await laid('empty', ['notes.txt']))).rejects.toThrow(
      'looked for .jpg, .jpeg, .png',
    );
    await expect(openDataset(await laid('no-good', ['good/notes.txt', 'bad/x.png']))).rejects.toThrow(
      'has the layout good-bad, but no good images to learn from',
    );
    await expect(openDataset(join(folder, 'nowhere'))).rejects.toThrow('there is nothing');
    const root = await laid('file', ['a.png']);
    await expect(openDataset(join(root, 'a.png'))).rejects.toMatchObject({ code: 'E_DATASET' });
  });
});

describe('listImages', () => {
  it('takes files and folders, each image once', async () => {
    const root = await laid('list', ['b/2.png', 'b/10.png', 'a.png']);
    const found = await listImages([join(root, 'a.png'), join(root, 'b'), join(root, 'a.png')]);
    expect(found.map((path) => relative(root, path))).toEqual(['a.png', 'b/2.png', 'b/10.png']);
    await expect(listImages([join(root, 'c.png')])).rejects.toThrow('There is nothing at');
  });
});

describe('naturally', () => {
  it('is a total order: numbers by value, then by leading zeros', () => {
    expect(['a10', 'a2', 'a02', 'a', 'b1'].sort(naturally)).toEqual(['a', 'a02', 'a2', 'a10', 'b1']);
  });
});
