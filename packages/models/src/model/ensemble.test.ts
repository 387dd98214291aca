import { appendFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { AdError } from '@ad/core-native';
import { afterAll, describe, expect, test } from 'vitest';
import { readDescription } from '../artefact/index.js';
import { Backbone } from '../backbone/index.js';
import { temporaryFolder } from '../testing/temporary.js';
import { golden, TINY_BACKBONE, TINY_PREPROCESS, tinyImage, tinyTrainingSet } from '../testing/tiny.js';
import { splitForThreshold } from '../threshold/index.js';
import { EnsembleModel } from './ensemble.js';
import { evaluate } from './evaluate.js';
import type { FitOptions } from './fit.js';
import { fitEnsemble } from './fit_ensemble.js';
import { AnomalyModel } from './model.js';
import { openModel } from './open_model.js';

const folder = await temporaryFolder();
const backbones = [
  await Backbone.open(TINY_BACKBONE, { convention: '0..1', layers: ['fine'] }),
  await Backbone.open(TINY_BACKBONE, { convention: '-1..1', layers: ['fine', 'coarse'] }),
];
afterAll(() => Promise.all(backbones.map((backbone) => backbone.close())));
const images = await tinyTrainingSet();
const defect = await tinyImage(golden.train);
const fit = (options: FitOptions = {}, from: Parameters<typeof fitEnsemble>[2] = images) =>
  fitEnsemble('patchcore', backbones, from, {
    preprocess: TINY_PREPROCESS,
    threshold: { rule: 'quantile', quantile: 0.9 },
    seed: 5,
    ...options,
  });
const model = await fit({ dataset: 'tiny' });
const failure = (work: Promise<unknown>): Promise<AdError> =>
  work.then(
    () => Promise.reject(new Error('expected an error')),
    (error) => error,
  );

/** Score and map of one member alone, at the input size. */
async function alone(i: number, image: Buffer) {
  for await (const [, scored] of model.members[i]!.model.scoreAll([image], (item) => item)) return scored;
  throw new Error('no score');
}

const meanOf = (values: number[]) => values.reduce((a, b) => a + b) / values.length;
const deviationOf = (values: number[]) =>
  Math.sqrt(values.reduce((sum, v) => sum + (v - meanOf(values)) ** 2, 0) / (values.length - 1));

describe('an ensemble', () => {
  test('measures members by good images that none has learned from', async () => {
    const rule = { rule: 'quantile', quantile: 0.9 } as const;
    const { learn, heldOut } = splitForThreshold(images, [], rule, 5, 1, 2);
    expect([model.heldOut, model.training.images]).toEqual([2, learn.length]);
    for (const [i, { image, pixel }] of model.members.entries()) {
      const scored = await Promise.all(heldOut.map((held) => alone(i, held)));
      const scores = scored.map(({ score }) => score);
      expect(image.mean).toBeCloseTo(meanOf(scores), 9);
      expect(image.deviation).toBeCloseTo(deviationOf(scores), 9);
      const pixels = scored.flatMap(({ inputMap }) => [...inputMap!]);
      expect(pixel!.mean).toBeCloseTo(meanOf(pixels), 9);
      expect(pixel!.deviation).toBeCloseTo(deviationOf(pixels), 9);
    }
  });

  test("is the mean of what its members say, and keeps each one's raw score", async () => {
    const { score, map, members } = await model.predict(defect);
    const each = await Promise.all(model.members.map((_, i) => alone(i, defect)));
    expect(members).toEqual(each.map((one) => ({ backbone: 'tiny', score: one.score })));
    const z = model.members.map(({ image }, i) => (each[i]!.score - image.mean) / image.deviation);
    expect(score).toBe((z[0]! + z[1]!) / 2);
    const at = 30 * 64 + 28;
    const zAt = model.members.map(
      ({ pixel }, i) => (each[i]!.inputMap![at]! - pixel!.mean) / pixel!.deviation,
    );
    expect(map!.data[at]).toBeCloseTo((zAt[0]! + zAt[1]!) / 2, 4);
  });

  test('scores a stream in order, tells once of what cannot be read, and stops early', async () => {
    const told: unknown[] = [];
    const bad = Buffer.from('no image');
    async function* camera() {
      yield* [images[0]!, bad, defect, images[1]!];
    }
    const scores: number[] = [];
    for await (const [, { score }] of model.predictAll(camera(), { onUnreadable: (item) => told.push(item) }))
      scores.push(score);
    expect(told).toEqual([bad]);
    const single = async (image: Buffer) => (await model.predict(image)).score;
    expect(scores).toEqual([await single(images[0]!), await single(defect), await single(images[1]!)]);
    for await (const [item] of model.predictAll([defect, ...images])) {
      expect(item).toBe(defect);
      break;
    }
    expect(await failure(model.predict(bad))).toMatchObject({ code: 'E_IMAGE' });
  });

  test('evaluates like a single model', async () => {
    const samples = [...images.slice(0, 2), defect].map((path, i) => {
      const label = i < 2 ? ('good' as const) : ('defect' as const);
      return { path, label, mask: null, defect: null };
    });
    // Images in memory stand for files: evaluation only hands them on.
    const { metrics, predictions } = await evaluate(model, samples as never);
    expect(metrics.image_auroc).toBe(1);
    expect(predictions[2]!.members).toHaveLength(2);
  });

  test('comes back from one folder as it was, and saves the same bytes again', async () => {
    const path = join(folder, 'both.ad');
    await model.save(path);
    const again = await openModel(path);
    expect(again).toBeInstanceOf(EnsembleModel);
    expect(await again.predict(defect)).toEqual(await model.predict(defect));
    expect([again.thresholds, again.training, again.facts]).toEqual([
      model.thresholds,
      model.training,
      model.facts,
    ]);
    await again.save(join(folder, 'again.ad'));
    await again.close();
    await (await fit({ dataset: 'tiny' })).save(join(folder, 'refit.ad'));
    const description = await readDescription(path);
    expect(await readDescription(join(folder, 'again.ad'))).toEqual(description);
    expect(await readDescription(join(folder, 'refit.ad'))).toEqual(description);
    // A member is a model of its own.
    const member = await openModel(join(path, 'members', '2-tiny'));
    expect((await member.predict(defect)).score).toBe((await alone(1, defect)).score);
    await member.close();
  });

  test('without backbones inside finds each member its own among those given', async () => {
    const path = join(folder, 'slim.ad');
    await model.save(path, { embedBackbone: false });
    expect(await readdir(join(path, 'members', '1-tiny'))).not.toContain('backbone.onnx');
    expect(await failure(openModel(path))).toMatchObject({ code: 'E_BACKBONE' });
    const again = await openModel(path, { backbone: ['mobilenetv2', TINY_BACKBONE] });
    expect((await again.predict(defect)).score).toBe((await model.predict(defect)).score);
    await again.close();
  });

  test('refuses a folder with a member that is missing or another', async () => {
    const path = join(folder, 'broken.ad');
    await model.save(path);
    await appendFile(join(path, 'members', '1-tiny', 'model.json'), ' ');
    expect(await failure(openModel(path))).toMatchObject({
      code: 'E_ARTEFACT',
      message: expect.stringMatching(/1-tiny/),
    });
    await rm(join(path, 'members', '1-tiny'), { recursive: true });
    expect(await failure(openModel(path))).toMatchObject({ code: 'E_ARTEFACT' });
    await rm(join(path, 'model.json'));
    expect(await failure(openModel(path))).toMatchObject({ code: 'E_ARTEFACT' });
  });

  test('is no single model', async () => {
    const path = join(folder, 'kind.ad');
    await model.save(path);
    expect(await failure(AnomalyModel.load(path))).toMatchObject({
      code: 'E_ARTEFACT',
      hint: expect.stringMatching(/openModel/),
    });
  });
});

describe('fitting one', () => {
  test('needs two backbones, and enough images that differ', async () => {
    const one = fitEnsemble('patchcore', backbones.slice(0, 1), images);
    expect(await failure(one)).toMatchObject({ code: 'E_ARGUMENT' });
    const none = { threshold: { rule: 'none' } } as const;
    expect(await failure(fit(none, images.slice(0, 2)))).toMatchObject({ code: 'E_TOO_FEW_IMAGES' });
    expect((await fit(none, images.slice(0, 3))).training.images).toBe(1);
    const equal = Array.from({ length: 5 }, () => images[0]!);
    expect(await failure(fit(none, equal))).toMatchObject({
      code: 'E_ARGUMENT',
      hint: expect.stringMatching(/differ/),
    });
  });

  test('counts and names an image that cannot be read once', async () => {
    const told: string[] = [];
    const bad = Buffer.from('no image');
    const many = [...images, ...(await Promise.all([7, 8, 9].map((i) => tinyImage(i)))), bad];
    const fitted = await fit({ onUnreadable: (path) => told.push(path) }, many);
    expect([told.length, fitted.training.skipped]).toEqual([1, 1]);
  });

  test('takes methods that judge whole images', async () => {
    const whole = await fitEnsemble('mahalanobis', backbones, images, {
      preprocess: TINY_PREPROCESS,
      threshold: { rule: 'none' },
    });
    expect(whole.members.every(({ pixel }) => pixel === null)).toBe(true);
    const { map, score, members } = await whole.predict(defect);
    expect([map, Number.isFinite(score), members?.length]).toEqual([null, true, 2]);
  });
});
