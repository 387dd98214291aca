import { mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { drawDataset, drawPart, TINY, temporaryFolder } from './parts.js';
import { ad } from './program.js';

const folder = await temporaryFolder();
const data = join(folder, 'stripes');
const model = join(folder, 'stripes.ad');

beforeAll(async () => {
  await drawDataset(data);
});

/** The one JSON document of a run that must succeed without a word on stderr. */
async function json(args: string[]) {
  const { code, stdout, stderr } = await ad([...args, '--json']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout);
}

describe('from good parts to a measured model', () => {
  test('fit says what it made', async () => {
    const document = await json([
      'fit',
      '--data',
      data,
      '--out',
      model,
      ...TINY,
      '--coreset',
      '0.2',
      '--seed',
      '3',
    ]);
    expect(Object.keys(document)).toEqual([
      'model',
      'dataset',
      'method',
      'seed',
      'images',
      'patches',
      'bank',
      'dimension',
      'facts',
      'threshold',
      'skipped',
      'memory',
      'timing_s',
    ]);
    expect(document).toMatchObject({
      model,
      dataset: 'stripes',
      method: 'patchcore',
      seed: 3,
      images: 12,
      patches: 768,
      bank: 153,
      dimension: 12,
      skipped: 0,
      threshold: { origin: 'f1', images: 8, defects: 4 },
      timing_s: { total: expect.any(Number), backbone: expect.any(Number), coreset: expect.any(Number) },
    });
  });

  test('evaluate gives every metric and every image', async () => {
    const { metrics, intervals, predictions, notes, ...rest } = await json([
      'evaluate',
      '--model',
      model,
      '--data',
      data,
    ]);
    expect(Object.keys(metrics)).toEqual([
      'image_auroc',
      'image_f1_max',
      'image_balanced_accuracy',
      'pixel_auroc',
      'aupro',
    ]);
    expect(metrics.image_auroc).toBe(1);
    expect(metrics.pixel_auroc).toBeGreaterThan(0.9);
    expect(metrics.aupro).toBeGreaterThan(0);
    expect(Object.keys(intervals)).toEqual(Object.keys(metrics));
    expect(intervals.image_auroc.low).toBeLessThan(1);
    expect(intervals.pixel_auroc.low).toBeLessThan(metrics.pixel_auroc);
    // Four good and four bad images, told apart: no bootstrap can say how sure that is, so none pretends to.
    expect(intervals.image_f1_max).toBeNull();
    expect(predictions).toHaveLength(8);
    for (const { label, score, anomalous } of predictions) {
      expect(typeof score).toBe('number');
      expect(anomalous).toBe(label === 'defect');
    }
    expect(notes.join()).toMatch(/flatters/);
    expect(rest).toMatchObject({ model, dataset: 'stripes', timing_s: { backbone: expect.any(Number) } });
  });

  test('metrics without what they need are null, with the reason', async () => {
    const plain = join(folder, 'no-masks');
    for (let i = 0; i < 5; i++) {
      await drawPart(join(plain, `good/${i}.png`), i);
      await drawPart(join(plain, `bad/${i}.png`), i, true);
    }
    const { metrics, notes } = await json(['evaluate', '--model', model, '--data', plain]);
    expect(metrics).toMatchObject({ image_auroc: 1, pixel_auroc: null, aupro: null });
    expect(notes.join('\n')).toMatch(/no mask/);
    expect(notes.join('\n')).toMatch(/aupro: /);
  });

  test('predict tells defects from good parts and writes a picture of each', async () => {
    const out = join(folder, 'pictures');
    const { predictions } = await json(['predict', '--model', model, join(data, 'test'), '--out', out]);
    expect(predictions).toHaveLength(8);
    for (const { path, anomalous, regions, overlay, inspected } of predictions) {
      expect(anomalous).toBe(path.includes('patch'));
      expect(inspected).toEqual({ left: 0, top: 0, width: 64, height: 64 });
      if (anomalous) expect(regions[0]).toMatchObject({ area: expect.any(Number), peak: expect.any(Number) });
      expect((await sharp(overlay).metadata()).width).toBeGreaterThan(64);
    }
  });

  test('inspect shows the settings, all of them with --json', async () => {
    const { stdout } = await ad(['inspect', model]);
    expect(stdout).toMatch(/patchcore/);
    expect(stdout).toMatch(/seed 3/);
    expect(await json(['inspect', model])).toMatchObject({ format: 'ad-model', training: { seed: 3 } });
  });

  test('without labelled images the threshold is a quantile of held-out good ones', async () => {
    const good = join(data, 'train/good');
    const document = await json(['fit', '--data', good, '--out', join(folder, 'good.ad'), ...TINY]);
    expect(document).toMatchObject({ images: 11, threshold: { origin: 'quantile', images: 1 } });
  });

  test('the same seed gives the same model, on one thread and on two', async () => {
    const bank = async (name: string, more: string[]) => {
      const out = join(folder, name);
      await json(['fit', '--data', data, '--out', out, ...TINY, ...more]);
      return (await json(['inspect', out])).files['tensors.safetensors'].sha256;
    };
    const first = await bank('a.ad', ['--threads', '1', '--seed', '7']);
    expect(await bank('b.ad', ['--threads', '2', '--seed', '7'])).toBe(first);
    expect(await bank('c.ad', ['--threads', '2', '--seed', '8'])).not.toBe(first);
  });

  test('the plain form of the paper can be asked for, and is recorded', async () => {
    const out = join(folder, 'plain.ad');
    await json(['fit', '--data', data, '--out', out, ...TINY, '--no-balance-levels']);
    const { method } = await json(['inspect', out]);
    expect(method).toMatchObject({ settings: { balanceLevels: false }, state: { scales: [1, 1] } });
  });
});

describe('what a person sees', () => {
  test('one line per stage when piped, and where the model is', async () => {
    const { code, stdout, stderr } = await ad(['fit', '--data', data, '--out', model, ...TINY]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/Saved .*stripes\.ad/);
    expect(stdout).toMatch(/Next: ad predict/);
    const lines = stderr.trim().split('\n');
    expect(lines.filter((line) => line.startsWith('✓')).map((line) => line.split(/\s+/)[1])).toEqual([
      'features',
      'coreset',
      'threshold',
    ]);
    expect(stderr).not.toContain('\r');
  });

  test.each(['fit', 'predict', 'evaluate', 'inspect', 'doctor', 'demo'])(
    '%s --help has examples',
    async (command) => {
      const { code, stdout } = await ad([command, '--help']);
      expect(code).toBe(0);
      expect(stdout).toMatch(new RegExp(`Examples:\n  ad ${command}`));
    },
  );

  test('a crop that leaves out more than a quarter is said, with the option that changes it', async () => {
    const wide = join(folder, 'wide');
    await mkdir(wide);
    for (let i = 0; i < 3; i++) {
      await sharp(join(data, `train/good/${i}.png`))
        .resize(128, 64, { fit: 'fill' })
        .toFile(join(wide, `${i}.png`));
    }
    const crop = TINY.map((argument) => (argument === 'none' ? '64' : argument));
    const { stderr } = await ad(['fit', '--data', wide, '--out', join(folder, 'wide.ad'), ...crop]);
    expect(stderr).toMatch(/the crop leaves out 50 % .*--crop none/s);
  });

  test('doctor lists what the machine has', async () => {
    const { findings } = await json(['doctor']);
    const state = Object.fromEntries(
      findings.map(({ name, state }: { name: string; state: string }) => [name, state]),
    );
    expect(state).toMatchObject({
      'native kernels': 'ok',
      onnxruntime: 'ok',
      sharp: 'ok',
      'embedded backbone': 'ok',
    });
  });
});

describe('usage errors', () => {
  test.each([
    [[]],
    [['fit']],
    [['fly']],
    [['fit', '--data', 'x', '--out', 'y', '--seed', '-1']],
    [['fit', '--data', 'x', '--out', 'y', '--crop', 'big']],
    [['fit', '--data', 'x', '--out', 'y', '--device', 'tpu']],
    [['fit', '--data', 'x', '--out', 'y', '--threshold', 'quantile:2']],
    [['predict', '--model', 'x']],
  ])('%j ends with 2 and says what would be right', async (args) => {
    const { code, stdout, stderr } = await ad(args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr.length).toBeGreaterThan(20);
    expect(await readdir(folder)).not.toContain('y');
  });

  test('an explicit GPU that is not there is an error, not a silent fallback', async () => {
    const { code, stderr } = await ad(['fit', '--data', data, '--out', model, ...TINY, '--device', 'cuda']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/E_DEVICE/);
  });
});

test('demo draws, fits, measures and leaves pictures, the same for the same seed', async () => {
  const out = join(folder, 'demo');
  const { metrics } = await json(['demo', '--out', out]);
  expect(metrics.image_auroc).toBeGreaterThan(0.9);
  expect(metrics.pixel_auroc).toBeGreaterThan(0.9);
  expect((await stat(join(out, 'contact_sheet.png'))).size).toBeGreaterThan(10_000);
  expect(await readdir(join(out, 'overlays'))).toContain('scratch');
  expect((await readdir(join(out, 'plate.ad'))).sort()).toEqual([
    'backbone.onnx',
    'model.json',
    'tensors.safetensors',
  ]);
});
