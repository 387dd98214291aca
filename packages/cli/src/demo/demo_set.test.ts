import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeDemoSet } from './demo_set.js';

const TIMEOUT = 60_000;
const DEFECTS = ['dent', 'missing_hole', 'scratch', 'stain'];
const shares: number[] = [];
let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'ad-demo-'));
  await writeDemoSet(join(root, 'whole'), { seed: 7, onProgress: ({ share }) => shares.push(share) });
}, TIMEOUT);

afterAll(() => rm(root, { recursive: true, force: true }));

/** Draws the first pictures of a set, then aborts it; returns what was written, by name. */
async function begin(name: string, seed: number): Promise<Map<string, Buffer>> {
  const folder = join(root, name);
  const controller = new AbortController();
  const reason = new Error('enough');
  const work = writeDemoSet(folder, {
    seed,
    signal: controller.signal,
    onProgress: () => controller.abort(reason),
  });
  await expect(work).rejects.toBe(reason);
  const files = await filesIn(folder);
  return new Map(
    await Promise.all(files.map(async (file) => [file, await readFile(join(folder, file))] as const)),
  );
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true });
  return entries.filter((entry) => entry.endsWith('.png')).sort();
}

test('is laid out as MVTec AD', async () => {
  const numbered = (folder: string, count: number, suffix = '') =>
    Array.from({ length: count }, (_, i) => `plate/${folder}/${String(i).padStart(3, '0')}${suffix}.png`);
  const expected = [
    ...numbered('train/good', 40),
    ...numbered('test/good', 10),
    ...DEFECTS.flatMap((kind) => numbered(`test/${kind}`, 5)),
    ...DEFECTS.flatMap((kind) => numbered(`ground_truth/${kind}`, 5, '_mask')),
  ];
  expect(await filesIn(join(root, 'whole'))).toEqual(expected.sort());
});

test('pictures are RGB, masks one channel of 0 and 255 with both', async () => {
  const plate = join(root, 'whole', 'plate');
  for (const kind of DEFECTS) {
    const image = await sharp(join(plate, 'test', kind, '000.png')).metadata();
    expect(image).toMatchObject({ width: 320, height: 320, channels: 3, depth: 'uchar' });
    for (const file of await readdir(join(plate, 'ground_truth', kind))) {
      const mask = sharp(join(plate, 'ground_truth', kind, file));
      expect(await mask.metadata()).toMatchObject({ width: 320, height: 320, channels: 1 });
      expect(new Set(await mask.extractChannel(0).raw().toBuffer())).toEqual(new Set([0, 255]));
    }
  }
});

test('no two pictures are the same', async () => {
  const folder = join(root, 'whole', 'plate', 'train', 'good');
  const pictures = await Promise.all(
    (await readdir(folder)).map((file) => readFile(join(folder, file), 'base64')),
  );
  expect(new Set(pictures).size).toBe(40);
});

test('progress rises evenly to 1', () => {
  expect(shares).toEqual(Array.from({ length: 70 }, (_, i) => (i + 1) / 70));
});

test('the same seed writes the same bytes, another seed others', async () => {
  const same = await begin('same', 7);
  const other = await begin('other', 8);
  for (const [file, bytes] of same) {
    expect(bytes.equals(await readFile(join(root, 'whole', file)))).toBe(true);
  }
  for (const [file, bytes] of other) {
    expect(bytes.equals(await readFile(join(root, 'whole', file)))).toBe(false);
  }
});

test('an abort stops after the pictures in work', async () => {
  const written = await begin('aborted', 7);
  expect(written.size).toBeGreaterThan(0);
  expect(written.size).toBeLessThan(10);
});

test('a signal that has already aborted writes nothing', async () => {
  const reason = new Error('not today');
  const folder = join(root, 'never');
  await expect(writeDemoSet(folder, { seed: 0, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  await expect(readdir(folder)).rejects.toMatchObject({ code: 'ENOENT' });
});
