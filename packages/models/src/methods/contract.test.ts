import { join } from 'node:path';
import type { AdError } from '@ad/core-native';
import sharp from 'sharp';
import { afterAll, describe, expect, test } from 'vitest';
import { readManifest } from '../artefact/index.js';
import { Backbone } from '../backbone/index.js';
import { type FitOptions, fitModel } from '../model/fit.js';
import { AnomalyModel } from '../model/model.js';
import { temporaryFolder } from '../testing/temporary.js';
import { golden, TINY_BACKBONE, TINY_PREPROCESS, tinyTrainingSet } from '../testing/tiny.js';
import { findMethod, METHOD_NAMES } from './index.js';

/** Every method, with settings that suit six tiny images, and one that means nothing. */
const CASES = [
  { name: 'patchcore', settings: {}, senseless: { coreset: 0 }, random: true, map: true },
  { name: 'padim', settings: { channels: 5 }, senseless: { ridge: 0 }, random: true, map: true },
  {
    name: 'padim',
    settings: { channels: 7, rank: 3 },
    senseless: { rank: 0 },
    random: true,
    map: true,
  },
  {
    name: 'spade',
    settings: { galleryImages: 1 },
    senseless: { galleryImages: 0 },
    random: false,
    map: true,
  },
  { name: 'dfm', settings: { pool: 1 }, senseless: { keep: 1.5 }, random: false, map: true },
  {
    name: 'dfm',
    settings: { pool: 4, score: 'nll', keep: 3 },
    senseless: { score: 'l2' },
    random: false,
    map: false,
  },
  { name: 'dfkde', settings: { components: 3 }, senseless: { bandwidth: 'wide' }, random: false, map: false },
  {
    name: 'dfkde',
    settings: { components: 2, scaling: 'norm', bandwidth: 0.5 },
    senseless: { scaling: 'no' },
    random: false,
    map: false,
  },
  { name: 'mahalanobis', settings: {}, senseless: { ridge: 1 }, random: false, map: false },
  {
    name: 'stfpm',
    settings: { epochs: 40, batch: 3, rate: 0.2 },
    senseless: { epochs: 0 },
    random: true,
    map: true,
  },
  {
    name: 'dfr',
    settings: { epochs: 40, batch: 3, latent: 2, rate: 0.01 },
    senseless: { latent: 1.5 },
    random: true,
    map: true,
  },
  {
    name: 'ulsad',
    settings: { epochs: 40, batch: 5, channels: 6, holdout: 0.2, rate: 0.002 },
    senseless: { channels: 0 },
    random: true,
    map: true,
  },
] as const;

/** onnxruntime cuts some sums by threads: what trains on them has the same bits at one number of threads only. */
const ROUNDED_BY_THREADS: readonly string[] = ['ulsad'];

/**
 * Six images do not teach an autoencoder what is usual at their borders: there its map is high for all of them, and
 * tells where something is only by how it rises.
 */
const TOLD_BY_RISE: readonly string[] = ['dfr', 'ulsad'];

const folder = await temporaryFolder();
const images = await tinyTrainingSet();
/** The first image with a white patch. */
const PATCH = { left: 20, top: 24, width: 16, height: 12 };
const white = {
  create: { width: PATCH.width, height: PATCH.height, channels: 3, background: '#fff' },
} as const;
const defect = await sharp(images[0]!)
  .composite([{ input: white, left: PATCH.left, top: PATCH.top }])
  .png()
  .toBuffer();

/** The error that work ends with. */
const failure = (work: () => Promise<unknown>): Promise<AdError> =>
  work().then(
    () => Promise.reject(new Error('expected an error')),
    (error) => error,
  );

test('every method is in the suite', () => {
  expect(new Set(CASES.map(({ name }) => name))).toEqual(new Set(METHOD_NAMES));
});

test('an unknown method is an error that lists those there are', () => {
  expect(() => findMethod('padim2')).toThrow(
    expect.objectContaining({ code: 'E_ARGUMENT', hint: expect.stringContaining('patchcore, ') }),
  );
});

describe.each(CASES)('$name $settings', async ({ name, settings, senseless, random, map }) => {
  const method = findMethod(name);
  const backbone = await Backbone.open(TINY_BACKBONE, { convention: '0..1', layers: method.layers });
  afterAll(() => backbone.close());
  const fit = (options: FitOptions = {}, from: Parameters<typeof fitModel>[2] = images) =>
    fitModel(name, backbone, from, {
      settings,
      preprocess: TINY_PREPROCESS,
      threshold: { rule: 'none' },
      ...options,
    });
  const least = method.minImages(method.settings(settings));
  const model = await fit({ seed: 3 });
  const scoresOf = async (fitted: AnomalyModel, all: readonly Buffer[]) => {
    const scores: number[] = [];
    for await (const [, { score }] of fitted.predictAll(all)) scores.push(score);
    return scores;
  };

  const rounded = ROUNDED_BY_THREADS.includes(name);
  test(`learns the same ${rounded ? 'up to rounding' : 'bits'} on one thread and on two`, async () => {
    const one = await fit({ seed: 3, threads: 1 });
    const two = await fit({ seed: 3, threads: 2 });
    if (rounded) {
      const [a, b] = await Promise.all([scoresOf(one, images), scoresOf(two, images)]);
      for (const [i, score] of a.entries()) expect(score).toBeCloseTo(b[i]!, 3);
    } else {
      expect(one.fitted.tensors).toEqual(two.fitted.tensors);
      expect(one.fitted.state).toEqual(two.fitted.state);
    }
    const predict = (threads: number) => one.predict(defect, { threads });
    expect(await predict(1)).toEqual(await predict(2));
  });

  test(random ? 'learns something else from another seed' : 'learns the same from any seed', async () => {
    const { state, tensors } = (await fit({ seed: 4 })).fitted;
    const same = { state: model.fitted.state, tensors: model.fitted.tensors };
    if (random) expect({ state, tensors }).not.toEqual(same);
    else expect({ state, tensors }).toEqual(same);
  });

  test('scores an image alone as among others', async () => {
    const all = [...images, defect];
    const listed = await scoresOf(model, all);
    for (const [i, image] of all.entries()) expect((await model.predict(image)).score).toBe(listed[i]);
  });

  test('finds the defect more anomalous than the image without it', async () => {
    const [good, bad] = await scoresOf(model, [images[0]!, defect]);
    expect(Number.isFinite(bad)).toBe(true);
    expect(bad).toBeGreaterThan(good!);
  });

  test(map ? 'shows where' : 'judges the whole image', async () => {
    const { map: found, regions } = await model.predict(defect);
    if (!map) {
      expect([found, regions]).toEqual([null, []]);
      return;
    }
    const { data, width, height } = found!;
    expect([width, height, data.length]).toEqual([golden.size, golden.size, golden.size ** 2]);
    const good = TOLD_BY_RISE.includes(name) ? (await model.predict(images[0]!)).map!.data : null;
    const rise = data.map((value, at) => value - (good?.[at] ?? 0));
    const peak = rise.indexOf(Math.max(...rise));
    const [x, y] = [peak % width, Math.floor(peak / width)];
    // Within a cell of the coarser grid.
    const within = (at: number, from: number, length: number) => at >= from - 16 && at < from + length + 16;
    expect({ x: within(x, PATCH.left, PATCH.width), y: within(y, PATCH.top, PATCH.height) }).toEqual({
      x: true,
      y: true,
    });
  });

  test('comes back from its folder as it was, and saves the same bytes again', async () => {
    const path = (which: string) => join(folder, `${name}-${Object.keys(settings).join('-')}-${which}.ad`);
    await model.save(path('first'));
    const again = await AnomalyModel.load(path('first'));
    expect(await again.predict(defect)).toEqual(await model.predict(defect));
    expect(again.fitted.facts).toEqual(model.fitted.facts);
    await again.save(path('second'));
    await again.close();
    await (await fit({ seed: 3 })).save(path('refit'));
    const first = await readManifest(path('first'));
    expect(await readManifest(path('second'))).toEqual(first);
    expect(await readManifest(path('refit'))).toEqual(first);
  });

  test('says when what was saved is not all there', async () => {
    const { state, tensors } = model.fitted;
    const restore = (saved: object) =>
      failure(() => method.restore({ settings: model.fitted.settings, state, tensors, ...saved }));
    for (const gone of Object.keys(tensors)) {
      const { [gone]: _, ...rest } = tensors;
      const error = await restore({ tensors: rest });
      expect(error).toMatchObject({ code: 'E_ARTEFACT', message: expect.stringContaining(`'${gone}'`) });
    }
    expect(await restore({ state: { images: 'many' } })).toMatchObject({ code: 'E_ARTEFACT' });
    for (const [cut, { data, shape }] of Object.entries(tensors)) {
      // Nothing else says how large PatchCore's and SPADE's matrices are.
      if (name === 'patchcore' || name === 'spade') continue;
      const shorter = { data: data.slice(0, -1), shape: [...shape.slice(0, -1), shape.at(-1)! - 1] };
      expect(await restore({ tensors: { ...tensors, [cut]: shorter } })).toMatchObject({
        code: 'E_ARTEFACT',
      });
    }
  });

  test('sets thresholds by good images that it has not learned from', async () => {
    const { thresholds } = await fit({ threshold: { rule: 'quantile', quantile: 0.9 } });
    expect(thresholds.image.origin).toBe('quantile');
    expect(thresholds.pixel.origin).toBe(map ? 'quantile' : 'none');
  });

  test('refuses settings that mean nothing, naming them', async () => {
    const [key] = Object.keys(senseless);
    const error = await failure(() => fit({ settings: senseless }));
    expect(error.code).toBe('E_ARGUMENT');
    expect(error.message).toMatch(name === 'mahalanobis' ? /setting/ : `setting ${key}: `);
    expect(await failure(() => fit({ settings: { ...settings, unheard: 1 } }))).toMatchObject({
      code: 'E_ARGUMENT',
    });
  });

  test('offers every setting to command lines', () => {
    const offered = new Set(method.options.map(({ key }) => key));
    expect(offered).toEqual(new Set(Object.keys(method.settings({}) as object)));
  });

  test(`learns from ${least} images, and says so with fewer`, async () => {
    expect((await fit({}, images.slice(0, least))).training.images).toBe(least);
    const error = await failure(() => fit({}, images.slice(0, least - 1)));
    expect(error).toMatchObject({
      code: 'E_TOO_FEW_IMAGES',
      message: expect.stringMatching(`at least ${least}`),
    });
  });

  test('counts only images that can be read towards those', async () => {
    const some = [...images.slice(0, least - 1), Buffer.from('no image')];
    const error = await failure(() => fit({ onUnreadable: () => {} }, some));
    expect(error).toMatchObject({ code: 'E_TOO_FEW_IMAGES' });
  });

  test('learns from equal images or says why it cannot', async () => {
    const equal = Array.from({ length: least + 1 }, () => images[0]!);
    const outcome = await fit({}, equal).then(
      (fitted) => fitted.predict(defect),
      (error: AdError) => error,
    );
    if ('code' in outcome) expect(outcome.code).toBe('E_ARGUMENT');
    else expect(Number.isFinite(outcome.score)).toBe(true);
  });

  test('says what it will hold, and that it cannot do with a thousandth of it', async () => {
    let memory = 0;
    await fit({
      onPlan: (plan) => {
        memory = plan.memory;
      },
    });
    expect(memory).toBeGreaterThan(0);
    const error = await failure(() => fit({ maxMemory: memory / 1000 }));
    expect(error).toMatchObject({ code: 'E_OUT_OF_MEMORY', hint: expect.stringMatching(/--max-memory/) });
  });

  test('stops on an abort signal', async () => {
    const controller = new AbortController();
    const work = () => fit({ signal: controller.signal, onProgress: () => controller.abort() });
    expect((await failure(work)).name).toBe('AbortError');
  });

  test('takes an image of another shape, or says that it cannot', async () => {
    const wide = await sharp(defect).resize(128, 64, { fit: 'fill' }).png().toBuffer();
    const free = await fit({ preprocess: { ...TINY_PREPROCESS, resize: 'shorter' } });
    const outcome = await free.predict(wide).catch((error: AdError) => error);
    if ('code' in outcome) expect(outcome).toMatchObject({ code: 'E_IMAGE' });
    else expect(Number.isFinite(outcome.score)).toBe(true);
  });
});
