import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterAll } from 'vitest';

/** Small networks of test/goldens. */
export const network = (name: string): string =>
  fileURLToPath(new URL(`../goldens/${name}.onnx`, import.meta.url));

/** Options of `ad fit` for 64 x 64 images as they are. */
export const AS_THEY_ARE = ['--normalize', '0..1', '--image-size', '64', '--crop', 'none'];
/** The same for the tiny network. */
export const TINY = ['--backbone', network('tiny'), ...AS_THEY_ARE];

const SIZE = 64;
const DEFECT = { left: 24, top: 28, width: 16, height: 12 };

/** An empty folder that is removed after the test file. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ad-test-'));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A striped part, each one shifted a little; a defective one has a bright patch. */
export async function drawPart(file: string, number: number, defective = false): Promise<void> {
  const pixels = new Uint8Array(3 * SIZE * SIZE);
  for (let y = 0; y < SIZE; y++) {
    for (let x = 0; x < SIZE; x++) {
      const grey = 90 + 50 * Math.sin((x + (number % 5)) / 3) + ((x * 7 + y * 13 + number * 29) % 11);
      const patch = defective && inside(x, y) ? ((x * y) % 2) * 160 - 80 : 0;
      pixels.fill(Math.min(255, Math.max(0, grey + patch)), 3 * (y * SIZE + x), 3 * (y * SIZE + x) + 3);
    }
  }
  await mkdir(dirname(file), { recursive: true });
  await sharp(pixels, { raw: { width: SIZE, height: SIZE, channels: 3 } }).toFile(file);
}

async function drawMask(file: string): Promise<void> {
  const pixels = Uint8Array.from({ length: SIZE * SIZE }, (_, i) =>
    inside(i % SIZE, Math.floor(i / SIZE)) ? 255 : 0,
  );
  await mkdir(dirname(file), { recursive: true });
  await sharp(pixels, { raw: { width: SIZE, height: SIZE, channels: 1 } }).toFile(file);
}

function inside(x: number, y: number): boolean {
  return (
    x >= DEFECT.left && x < DEFECT.left + DEFECT.width && y >= DEFECT.top && y < DEFECT.top + DEFECT.height
  );
}

/** A data set in the MVTec layout: 12 good parts to learn from; 4 good and 4 defective ones, with masks, to test on. */
export async function drawDataset(root: string): Promise<string> {
  for (let i = 0; i < 12; i++) await drawPart(join(root, `train/good/${i}.png`), i);
  for (let i = 0; i < 4; i++) {
    await drawPart(join(root, `test/good/${i}.png`), 20 + i);
    await drawPart(join(root, `test/patch/${i}.png`), 40 + i, true);
    await drawMask(join(root, `ground_truth/patch/${i}_mask.png`));
  }
  return root;
}
