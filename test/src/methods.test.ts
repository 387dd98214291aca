import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { drawDataset, drawPart, TINY, temporaryFolder } from './parts.js';
import { ad } from './program.js';

const folder = await temporaryFolder();
const data = join(folder, 'stripes');
const out = join(folder, 'pictures');
/** Each method, what suits twelve tiny images, and whether it says where. */
const METHODS: [string, string[], boolean][] = [
  ['padim', ['--channels', '8'], true],
  ['spade', ['--gallery-images', '5'], true],
  ['dfm', ['--pool', '2'], true],
  ['dfm', ['--score', 'nll', '--keep', '4'], false],
  ['dfkde', ['--components', '4', '--bandwidth', 'scott'], false],
  ['mahalanobis', [], false],
  ['stfpm', ['--epochs', '20', '--batch', '6'], true],
];

beforeAll(() => drawDataset(data));

async function succeed(args: string[]) {
  const { code, stdout, stderr } = await ad(args);
  expect(code, stderr).toBe(0);
  return { stdout, stderr };
}

describe.each(METHODS)('--method %s %j', (method, options, located) => {
  const model = join(folder, `${method}${options.length}${options[0] ?? ''}.ad`);

  test('is the only word that changes', async () => {
    await succeed(['fit', '--data', data, '--out', model, '--method', method, ...TINY, ...options]);
    const evaluated = await succeed(['evaluate', '--model', model, '--data', data, '--json']);
    const { metrics, notes } = JSON.parse(evaluated.stdout);
    expect(metrics.image_auroc).toBeGreaterThan(0.7);
    if (located) expect(metrics.pixel_auroc).toBeGreaterThan(0.7);
    else expect(metrics).toMatchObject({ pixel_auroc: null, aupro: null });
    if (!located) expect(notes.join('\n')).toMatch(/aupro: .*judges whole images/);

    const pictures = join(out, method, String(located));
    const predicted = await succeed(['predict', '--model', model, join(data, 'test'), '--out', pictures]);
    if (located) expect((await readdir(pictures, { recursive: true })).join()).toMatch(/png/);
    else expect(predicted.stderr).toMatch(/no overlays/);

    const { stdout } = await succeed(['inspect', model]);
    expect(stdout).toMatch(`method      ${method}`);
    expect(stdout).not.toMatch(/object Object/);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThan(160);
  });
});

test('a trained model leaves as one ONNX file, another one does not', async () => {
  const file = join(folder, 'stfpm.onnx');
  const { stdout } = await succeed(['export', '--model', join(folder, 'stfpm4--epochs.ad'), '--out', file]);
  expect(stdout).toMatch(/image \[n, 3, 64, 64\] in, anomaly_map \[n, 1, 64, 64\] and score \[n\] out/);
  const { code, stderr } = await ad([
    'export',
    '--model',
    join(folder, 'padim2--channels.ad'),
    '--out',
    file,
  ]);
  expect(code).toBe(2);
  expect(stderr).toMatch(/E_ARGUMENT.*padim is no network/);
});

test('an option of another method is refused, with those that there are', async () => {
  const args = ['fit', '--data', data, '--out', join(folder, 'no.ad'), '--method', 'dfm', '--coreset', '0.1'];
  const { code, stderr } = await ad(args);
  expect(code).not.toBe(0);
  expect(stderr).toMatch(/E_ARGUMENT.*--coreset is not an option of the method dfm/);
  expect(stderr).toMatch(/--score <kind>, --pool <n>, --keep <share\|n>/);
});

test('too few images for a method are said before the work', async () => {
  const args = ['fit', '--data', data, '--out', join(folder, 'few.ad'), '--method', 'dfkde', ...TINY];
  const { code, stderr } = await ad(args);
  expect(code).not.toBe(0);
  expect(stderr).toMatch(/E_TOO_FEW_IMAGES.*12 good images; needed are at least 17/);
});

test('a fit that cannot have its memory ends with the reason, every time', async () => {
  const args = ['fit', '--data', data, '--out', join(folder, 'none.ad'), ...TINY, '--max-memory', '0.001MB'];
  for (const method of ['patchcore', 'padim', 'dfm', 'spade']) {
    const { code, stderr } = await ad([...args, '--method', method]);
    expect({ method, code }).toEqual({ method, code: 1 });
    expect(stderr).toMatch(/E_OUT_OF_MEMORY/);
  }
});

test('an image of another shape is refused even where it has as many values', async () => {
  const tall = join(folder, 'tall.png');
  await drawPart(tall, 1);
  const free = join(folder, 'free.ad');
  await succeed(['fit', '--data', data, '--out', free, '--method', 'dfm', '--pool', '2', ...TINY]);
  await sharp(await readFile(tall))
    .resize(64, 128, { fit: 'fill' })
    .toFile(join(folder, 'long.png'));
  const { code, stderr } = await ad(['predict', '--model', free, join(folder, 'long.png')]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/E_IMAGE.*the model has learned from 7 x 4 x 4/);
});
