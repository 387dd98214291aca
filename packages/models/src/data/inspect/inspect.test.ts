import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { loadInput } from '../../image/index.js';
import { laid, MARKED } from '../../testing/laid.js';
import { temporaryFolder } from '../../testing/temporary.js';
import { openDataset } from '../dataset.js';
import { inspectData } from './index.js';

const folder = await temporaryFolder();

test('counts, and finds what would spoil a fit', async () => {
  const root = await laid(join(folder, 'faulty'), {
    'train/good/0.png': [10],
    'train/good/1.png': [20],
    'train/good/2.png': [20],
    'train/good/3.png': [30],
    'test/good/0.png': [40],
    'test/good/1.png': [30],
    'test/dent/0.png': [50],
    'test/dent/1.png': [60],
    'test/dent/2.png': [70],
    'test/dent/3.png': [40],
    'ground_truth/dent/0_mask.png': MARKED,
    'ground_truth/dent/1_mask.png': [0],
    'ground_truth/dent/2_mask.png': 'no image',
  });
  const wide = sharp({ create: { width: 40, height: 4, channels: 3, background: '#123' } }).png();
  await wide.toFile(join(root, 'test/good/2.png'));
  const whole = await sharp({ create: { width: 64, height: 64, channels: 3, background: '#456' } })
    .jpeg()
    .toBuffer();
  await writeFile(join(root, 'test/good/3.jpg'), whole.subarray(0, whole.length - 200));
  const mask = sharp({ create: { width: 5, height: 4, channels: 3, background: '#fff' } }).png();
  await mask.toFile(join(root, 'ground_truth/dent/0_mask.png'));

  const report = await inspectData(await openDataset(root));
  expect(report).toMatchObject({
    layout: 'mvtec',
    counts: { train: { good: 4 }, validation: { good: 0 }, test: { good: 4, defect: 4, unknown: 0 } },
    defects: [{ kind: 'dent', images: 4, masks: 3 }],
  });
  expect(report.sizes[0]).toEqual({ width: 4, height: 4, images: 10 });
  expect(report.problems.map(({ kind, severity, paths }) => [kind, severity, ...paths])).toEqual([
    ['corrupt', 'error', 'ground_truth/dent/2_mask.png'],
    ['corrupt', 'error', 'test/good/3.jpg'],
    ['leak', 'error', 'train/good/3.png', 'test/good/1.png'],
    ['contradiction', 'error', 'test/dent/3.png', 'test/good/0.png'],
    ['mask-size', 'error', 'ground_truth/dent/0_mask.png', 'test/dent/0.png'],
    ['blank-mask', 'error', 'ground_truth/dent/1_mask.png', 'test/dent/1.png'],
    ['duplicate', 'warning', 'train/good/1.png', 'train/good/2.png'],
    ['mask-missing', 'warning', 'test/dent/3.png'],
    ['size-outlier', 'warning', 'test/good/2.png'],
  ]);
});

test('says that all masks are missing where the layout has masks', async () => {
  const files = { 'train/good/0.png': [10], 'test/dent/0.png': [50], 'ground_truth/dent/notes.txt': '' };
  const messages = async (root: string) =>
    (await inspectData(await openDataset(root))).problems.map(({ message }) => message);
  expect(await messages(await laid(join(folder, 'bare'), files))).toEqual([
    'None of the 1 defective images has a mask, though the layout mvtec has masks: there are no pixel metrics.',
  ]);
  const without = await laid(join(folder, 'without'), { 'good/0.png': [10], 'bad/0.png': [50] });
  expect(await messages(without)).toEqual([]);
});

test('a copy that was saved anew is a copy, and what only looks like one is none', async () => {
  const root = await laid(join(folder, 'copies'), { 'train/good/0.png': [10], 'test/good/9.png': [20] });
  const side = 64;
  const pixels = Uint8Array.from({ length: side * side * 3 }, (_, i) => (i * i) % 251);
  const image = (data: Uint8Array) => sharp(data, { raw: { width: side, height: side, channels: 3 } });
  await image(pixels).png({ compressionLevel: 1 }).toFile(join(root, 'train/good/1.png'));
  await image(pixels).png({ compressionLevel: 9 }).toFile(join(root, 'train/good/2.png'));
  await image(pixels).webp({ lossless: true }).toFile(join(root, 'test/good/3.webp'));
  // One grey level at one place, which no small picture shows.
  const other = pixels.slice();
  other[5000]! ^= 1;
  await image(other).png().toFile(join(root, 'test/good/4.png'));

  const { problems } = await inspectData(await openDataset(root));
  const copies = problems.filter(({ kind }) => kind === 'leak' || kind === 'duplicate');
  expect(copies.map(({ kind, paths }) => [kind, ...paths])).toEqual([
    ['leak', 'train/good/1.png', 'train/good/2.png', 'test/good/3.webp'],
  ]);
});

test('pictures that only their lower bits tell apart are two', async () => {
  const root = await laid(join(folder, 'deep'), { 'train/good/0.png': [10], 'test/good/9.png': [20] });
  const dark = (value: number) =>
    sharp(
      Uint16Array.from({ length: 64 }, (_, i) => value + i),
      { raw: { width: 8, height: 8, channels: 1 } },
    ).toColourspace('grey16');
  await dark(1).png().toFile(join(root, 'train/good/1.png'));
  await dark(100).png().toFile(join(root, 'test/good/1.png'));
  const { problems } = await inspectData(await openDataset(root));
  expect(problems.filter(({ kind }) => kind === 'leak')).toEqual([]);
});

test('images of 16 bits, grey ones and huge ones are read in bounded memory', async () => {
  const root = await laid(join(folder, 'large'), { 'sixteen.png': '' });
  const sixteen = sharp(
    Uint16Array.from({ length: 64 }, (_, i) => 1000 * i),
    {
      raw: { width: 8, height: 8, channels: 1 },
    },
  );
  await sixteen.toColourspace('grey16').png().toFile(join(root, 'sixteen.png'));
  const huge = await sharp({ create: { width: 8000, height: 8000, channels: 3, background: '#753' } })
    .jpeg()
    .toBuffer();
  await writeFile(join(root, 'huge.jpg'), huge);

  const before = process.resourceUsage().maxRSS;
  const { sizes, formats, problems } = await inspectData(await openDataset(root));
  expect(sizes).toContainEqual({ width: 8000, height: 8000, images: 1 });
  expect(formats).toContainEqual({ channels: 1, bits: 16, images: 1 });
  expect(problems.map(({ kind }) => kind)).not.toContain('corrupt');

  // Each holds 192 MB while it is decoded; five at a time would hold 960 MB.
  const settings = { resize: 'shorter', imageSize: 64, crop: null } as const;
  const inputs = await Promise.all(Array.from({ length: 5 }, () => loadInput(huge, settings)));
  expect(inputs.map(({ image }) => image.data.length)).toEqual(inputs.map(() => 3 * 64 * 64));
  expect((process.resourceUsage().maxRSS - before) / 1024).toBeLessThan(600);
});
