import { NearestIndex, patchEmbed } from '@ad/core-native';
import { afterAll, describe, expect, test } from 'vitest';
import { Backbone } from '../../backbone/index.js';
import { features } from '../../pipeline/features.js';
import { golden, TINY_BACKBONE, TINY_PREPROCESS, tinyImage, tinyTrainingSet } from '../../testing/tiny.js';
import { PatchCore } from '../../typed_methods.js';

/** Single precision through two convolutions, a difference and a square root. */
const RELATIVE = 2e-5;

function expectClose(found: ArrayLike<number>, expected: readonly number[], scale = 1): void {
  expect(found.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    expect(Math.abs(found[i]! - expected[i]!), `value ${i}: ${found[i]} and ${expected[i]}`).toBeLessThan(
      RELATIVE * Math.max(scale, Math.abs(expected[i]!)),
    );
  }
}

describe.each(['balanced', 'plain'] as const)(
  'PatchCore, %s, against a double-precision oracle',
  async (form) => {
    const expected = golden[form];
    const backbone = await Backbone.open(TINY_BACKBONE, { layers: ['fine', 'coarse'], convention: '0..1' });
    afterAll(() => backbone.close());
    const images = await tinyTrainingSet();
    const model = await PatchCore.fit(backbone, images, {
      coreset: golden.coreset_share,
      balanceLevels: form === 'balanced',
      seed: golden.seed,
      preprocess: TINY_PREPROCESS,
      threshold: { rule: 'none' },
    });
    const { data, shape } = model.fitted.tensors.bank!;
    const [rows, cols] = shape as [number, number];
    const bank = { data: data as Float32Array, rows, cols };
    const { scales } = model.fitted.state as { scales: number[] };

    /** Patch embeddings of some images, scaled as the model scales them. */
    async function embed(sources: Buffer[]) {
      const stream = features(backbone, sources, { source: (s) => s, preprocess: TINY_PREPROCESS });
      for await (const { images, maps } of stream) {
        const scaled = maps.map((map, i) => ({ ...map, scale: scales[i]! }));
        return patchEmbed(scaled, { images, patchSize: 3 }, {});
      }
      throw new Error('no batch');
    }

    test('level factors', () => expectClose(scales, expected.scales));

    test('patch embeddings', async () => {
      const patches = await embed(images);
      for (const [row, values] of Object.entries(expected.embedding_rows)) {
        expectClose(patches.data.subarray(+row * cols, (+row + 1) * cols), values);
      }
    });

    test('rows of the coreset, in the order of their choice', async () => {
      const patches = await embed(images);
      expect(rows).toBe(expected.coreset.length);
      for (const [at, row] of expected.coreset.entries()) {
        const kept = bank.data.subarray(at * cols, (at + 1) * cols);
        expectClose(kept, [...patches.data.subarray(row * cols, (row + 1) * cols)]);
      }
    });

    test.each(expected.tests.map((_, i) => i))('neighbours, score and map of test image %i', async (i) => {
      const { neighbours, distances, score, map_every_5th } = expected.tests[i]!;
      const image = await tinyImage(golden.train + i);
      const found = await (await NearestIndex.build(bank)).search(await embed([image]), 1);
      expect([...found.indices]).toEqual(neighbours);
      expectClose(found.distances, distances);
      const prediction = await model.predict(image);
      expectClose([prediction.score], [score]);
      const { size } = golden;
      expectClose(
        prediction.map!.data.filter((_, at) => (at % size) % 5 === 0 && Math.floor(at / size) % 5 === 0),
        map_every_5th,
      );
    });
  },
);
