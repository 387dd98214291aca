import { join } from 'node:path';
import type { AdError } from '@ad/core-native';
import { Model } from '@ad/onnx';
import * as ort from 'onnxruntime-node';
import { afterAll, describe, expect, test } from 'vitest';
import { Backbone } from '../backbone/index.js';
import { loadInput, writeTensor } from '../image/index.js';
import { fitModel } from '../model/fit.js';
import { temporaryFolder } from '../testing/temporary.js';
import {
  expectClose,
  golden,
  TINY_BACKBONE,
  TINY_PREPROCESS,
  tinyImage,
  tinyTrainingSet,
} from '../testing/tiny.js';
import { exportOnnx } from './export_onnx.js';

const folder = await temporaryFolder();
const images = await tinyTrainingSet();
const CASES = [
  { method: 'stfpm', settings: { epochs: 2, batch: 6, rate: 0.1 }, map: { sigma: 0, border: 'mirror' } },
  { method: 'dfr', settings: { epochs: 2, batch: 6, latent: 2 }, map: { sigma: 4, border: 'mirror' } },
  { method: 'dfr', settings: { epochs: 2, batch: 6, latent: 2 }, map: { sigma: 3, border: 'reflect' } },
  { method: 'ulsad', settings: { epochs: 2, batch: 6, channels: 6 }, map: { sigma: 4, border: 'mirror' } },
] as const;

describe.each(CASES)('$method exported, map $map', async ({ method, settings, map }) => {
  const backbone = await Backbone.open(TINY_BACKBONE, { convention: '0..1' });
  afterAll(() => backbone.close());
  const model = await fitModel(method, backbone, images, {
    settings,
    map,
    preprocess: TINY_PREPROCESS,
    threshold: { rule: 'none' },
  });
  afterAll(() => model.close());
  const file = join(folder, `${method}${map.sigma}.onnx`);
  await exportOnnx(model).save(file);

  test('gives the map and score of predict, for several images at once', async () => {
    const session = await ort.InferenceSession.create(file);
    const tests = await Promise.all([0, 1].map((i) => tinyImage(golden.train + i)));
    const length = 3 * golden.size ** 2;
    const pixels = new Float32Array(tests.length * length);
    for (const [i, bytes] of tests.entries()) {
      writeTensor((await loadInput(bytes, TINY_PREPROCESS)).image, backbone.convention, pixels, i * length);
    }
    const image = new ort.Tensor(pixels, [tests.length, 3, golden.size, golden.size]);
    const { anomaly_map: maps, score } = await session.run({ image });
    expect([maps!.dims, score!.dims]).toEqual([[2, 1, golden.size, golden.size], [2]]);
    for (const [i, bytes] of tests.entries()) {
      const expected = await model.predict(bytes);
      const cells = golden.size ** 2;
      const found = (maps!.data as Float32Array).subarray(i * cells, (i + 1) * cells);
      const scale = Math.max(...expected.map!.data.map(Math.abs));
      expectClose(found, [...expected.map!.data], scale);
      expectClose([(score!.data as Float32Array)[i]!], [expected.score], scale);
    }
  });

  test('says how its input is made', async () => {
    const { metadata } = await Model.load(file);
    expect(JSON.parse(metadata['ad.preprocess']!)).toEqual({ ...TINY_PREPROCESS, convention: '0..1' });
    expect(metadata['ad.method']).toBe(method);
  });
});

test('what is no network cannot be exported', async () => {
  const backbone = await Backbone.open(TINY_BACKBONE, { convention: '0..1' });
  const model = await fitModel('padim', backbone, images, {
    settings: { channels: 4 },
    preprocess: TINY_PREPROCESS,
    threshold: { rule: 'none' },
  });
  expect(() => exportOnnx(model)).toThrow(
    expect.objectContaining({
      code: 'E_ARGUMENT',
      hint: expect.stringMatching(/stfpm/),
    } satisfies Partial<AdError>),
  );
  await model.close();
});
