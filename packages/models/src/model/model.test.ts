import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AdError } from '@ad/core-native';
import sharp from 'sharp';
import { afterAll, describe, expect, test } from 'vitest';
import { readManifest } from '../artefact/index.js';
import { Backbone } from '../backbone/index.js';
import type { PatchCoreSettings } from '../methods/patchcore/index.js';
import { temporaryFolder } from '../testing/temporary.js';
import { golden, TINY_BACKBONE, TINY_PREPROCESS, tinyImage, tinyTrainingSet } from '../testing/tiny.js';
import { type MethodFitOptions, PatchCore } from '../typed_methods.js';
import { AnomalyModel } from './model.js';

const folder = await temporaryFolder();
const backbone = await Backbone.open(TINY_BACKBONE, { convention: '0..1' });
afterAll(() => backbone.close());
const images = await tinyTrainingSet();
const defect = await tinyImage(golden.train);

const fit = (
  options: MethodFitOptions<PatchCoreSettings> = {},
  from: Parameters<typeof PatchCore.fit>[1] = images,
) => PatchCore.fit(backbone, from, { preprocess: TINY_PREPROCESS, threshold: { rule: 'none' }, ...options });

/** The error that a promise ends with. */
const failure = (work: Promise<unknown>): Promise<AdError> =>
  work.then(
    () => Promise.reject(new Error('expected an error')),
    (error) => error,
  );

describe('fit', () => {
  test('takes an async iterable of images and reports its stages', async () => {
    const stages = new Set<string>();
    async function* camera() {
      for (const image of images) yield image;
    }
    const model = await fit({ onProgress: ({ stage }) => stages.add(stage) }, camera());
    expect(model.training).toMatchObject({ images: 6, patches: 384, skipped: 0 });
    expect([...stages]).toEqual(['features', 'coreset']);
  });

  test('gives the same bits on one thread and on two, and others for another seed', async () => {
    const bank = async (options: MethodFitOptions<PatchCoreSettings>) =>
      (await fit(options)).fitted.tensors.bank!.data;
    const one = await bank({ threads: 1, seed: 3 });
    expect(await bank({ threads: 2, seed: 3 })).toEqual(one);
    expect(await bank({ threads: 2, seed: 4 })).not.toEqual(one);
  });

  test('says how much it will hold before the work', async () => {
    let memory = 0;
    await fit({
      onPlan: (plan) => {
        memory = plan.memory;
      },
    });
    expect(memory).toBeGreaterThan(384 * 12 * 4);
  });

  test('stops on an abort signal', async () => {
    const controller = new AbortController();
    const work = fit({ signal: controller.signal, onProgress: () => controller.abort() });
    expect((await failure(work)).name).toBe('AbortError');
  });

  test.each([
    [[], /There are 0 good images/],
    [[images[0]!], /1 good image; needed are at least 1 to learn from and 1 to set the threshold by/],
  ])('needs images to learn from and to set the threshold by', async (few, message) => {
    const error = await failure(fit({ threshold: { rule: 'auto' } }, few as Buffer[]));
    expect(error).toMatchObject({ code: 'E_TOO_FEW_IMAGES', message: expect.stringMatching(message) });
    expect(error.hint).toMatch(/--threshold none|Add images/);
  });

  test('names and counts every unreadable image, or leaves them out when asked', async () => {
    const paths = [join(folder, 'good.png'), join(folder, 'text.png'), join(folder, 'cut.jpg')];
    const jpeg = await sharp(images[1]!).jpeg().toBuffer();
    await writeFile(paths[0]!, images[0]!);
    await writeFile(paths[1]!, 'this is no picture');
    await writeFile(paths[2]!, jpeg.subarray(0, jpeg.length / 2));
    const error = await failure(fit({}, paths));
    expect(error.code).toBe('E_IMAGE');
    expect(error.message).toMatch(/^2 of 3 images cannot be read:\n.*text\.png.*\n.*cut\.jpg/);
    expect(error.hint).toMatch(/--skip-unreadable/);
    const left: string[] = [];
    const model = await fit({ onUnreadable: (path) => left.push(path) }, paths);
    expect(left).toEqual(paths.slice(1));
    expect(model.training).toMatchObject({ images: 1, patches: 64, skipped: 2 });
  });

  test('refuses images that differ in shape after resizing', async () => {
    const wide = await sharp(images[0]!).resize(96, 64, { fit: 'fill' }).png().toBuffer();
    const preprocess = { resize: 'shorter', imageSize: 64, crop: null } as const;
    const error = await failure(fit({ preprocess }, [images[0]!, wide]));
    expect(error).toMatchObject({
      code: 'E_IMAGE',
      message: expect.stringMatching(/64 x 64 and another 96 x 64/),
    });
    expect((await fit({ preprocess: { ...preprocess, crop: 64 } }, [images[0]!, wide])).training.images).toBe(
      2,
    );
  });

  test('refuses settings that mean nothing, naming them', async () => {
    for (const options of [
      { coreset: 0 },
      { coreset: 1.5 },
      { neighbours: 0 },
      { patchSize: 2 },
      { seed: -1 },
    ]) {
      expect(await failure(fit(options))).toMatchObject({ code: 'E_ARGUMENT' });
    }
  });
});

describe('predict', async () => {
  const model = await fit({ threshold: { rule: 'given', value: 0.2 } });

  async function withThresholds<T>(thresholds: typeof model.thresholds, work: () => Promise<T>): Promise<T> {
    const before = model.thresholds;
    model.thresholds = thresholds;
    return work().finally(() => {
      model.thresholds = before;
    });
  }

  test('answers in the coordinates of the original image, the rim as not inspected', async () => {
    const cropped = await fit({ preprocess: { resize: 'stretch', imageSize: 64, crop: 48 } });
    const large = await sharp(defect).resize(128, 256, { fit: 'fill' }).png().toBuffer();
    const { map, inspected } = await cropped.predict(large);
    expect([map!.width, map!.height, map!.data.length]).toEqual([128, 256, 128 * 256]);
    expect(inspected).toEqual({ left: 16, top: 32, width: 96, height: 192 });
    const seen = map!.data.filter((value) => !Number.isNaN(value)).length;
    expect(seen).toBe(96 * 192);
  });

  test('keeps raw scores: thresholds change verdicts only', async () => {
    const before = await model.predict(defect);
    const predictAt = (value: number) =>
      withThresholds({ ...model.thresholds, image: { origin: 'given', value } }, () => model.predict(defect));
    const at = await predictAt(before.score);
    const above = await predictAt(before.score + 1e-9);
    expect([at.anomalous, above.anomalous]).toEqual([true, false]);
    expect([at.score, above.score]).toEqual([before.score, before.score]);
  });

  test('gathers every pixel at or above the pixel threshold into regions, the largest first', async () => {
    const { map } = await model.predict(defect);
    const value = 0.8 * Math.max(...map!.data);
    const strict = { ...model.thresholds, pixel: { origin: 'given', value } as const };
    const { regions } = await withThresholds(strict, () => model.predict(defect));
    const areas = regions.map((region) => region.area);
    expect(areas.reduce((a, b) => a + b)).toBe(map!.data.filter((score) => score >= value).length);
    expect(areas).toEqual(areas.toSorted((a, b) => b - a));
    for (const { left, top, width, height, area } of regions) {
      expect(area).toBeLessThanOrEqual(width * height);
      expect([left + width <= map!.width, top + height <= map!.height]).toEqual([true, true]);
    }
  });

  test('scores a list in order, as one by one', async () => {
    const all = [...images, defect];
    const listed: number[] = [];
    for await (const [image, { score }] of model.predictAll(all)) {
      expect(image).toBe(all[listed.length]);
      listed.push(score);
    }
    for (const [i, image] of all.entries()) expect((await model.predict(image)).score).toBe(listed[i]);
  });
});

describe('save and load', async () => {
  const model = await fit({ threshold: { rule: 'quantile', quantile: 0.9 }, dataset: 'tiny' });
  const path = join(folder, 'tiny.ad');
  await model.save(path);

  test('gives the same predictions, thresholds and counts', async () => {
    const again = await AnomalyModel.load(path);
    const [before, after] = [await model.predict(defect), await again.predict(defect)];
    await again.close();
    expect(after).toEqual(before);
    expect(again.thresholds).toEqual(model.thresholds);
    expect(again.training).toEqual({ dataset: 'tiny', images: 5, patches: 320, skipped: 0, seed: 0 });
  });

  test('saves the same bytes again', async () => {
    await model.save(join(folder, 'twice.ad'));
    const again = await fit({ threshold: { rule: 'quantile', quantile: 0.9 }, dataset: 'tiny' });
    await again.save(join(folder, 'refit.ad'));
    expect(await readManifest(join(folder, 'refit.ad'))).toEqual(
      await readManifest(join(folder, 'twice.ad')),
    );
  });

  test('without its backbone asks for the file, and accepts only the same one', async () => {
    const slim = join(folder, 'slim.ad');
    await model.save(slim, { embedBackbone: false });
    expect(await readdir(slim)).not.toContain('backbone.onnx');
    const error = await failure(AnomalyModel.load(slim));
    expect(error).toMatchObject({ code: 'E_BACKBONE', hint: expect.stringMatching(/--backbone/) });
    const other = await failure(AnomalyModel.load(slim, { backbone: 'mobilenetv2' }));
    expect(other.message).toMatch(/SHA-256/);
    const again = await AnomalyModel.load(slim, { backbone: TINY_BACKBONE });
    expect((await again.predict(defect)).score).toBe((await model.predict(defect)).score);
    await again.close();
  });

  test('refuses a model whose bank is gone', async () => {
    const broken = join(folder, 'broken.ad');
    await model.save(broken);
    await rm(join(broken, 'tensors.safetensors'));
    expect(await failure(AnomalyModel.load(broken))).toMatchObject({ code: 'E_ARTEFACT' });
  });
});
