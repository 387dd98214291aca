import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { Backbone } from '../backbone/index.js';
import { fitModel } from '../model/fit.js';
import {
  expectClose,
  golden,
  TINY_BACKBONE,
  TINY_PREPROCESS,
  tinyImage,
  tinyTrainingSet,
} from '../testing/tiny.js';

interface GoldenCase {
  method: string;
  layers: string[];
  settings: Record<string, unknown>;
  scores: number[];
  map_every_5th?: number[][];
}

/** Values that test/goldens/generate_methods.py computed in double precision. */
const CASES: GoldenCase[] = JSON.parse(
  readFileSync(new URL('../../../../test/goldens/methods.json', import.meta.url), 'utf8'),
);

describe.each(CASES)(
  '$method $settings of $layers, against a double-precision oracle',
  async ({ method, layers, settings, scores, map_every_5th: maps }) => {
    const backbone = await Backbone.open(TINY_BACKBONE, { layers, convention: '0..1' });
    afterAll(() => backbone.close());
    const model = await fitModel(method, backbone, await tinyTrainingSet(), {
      settings,
      preprocess: TINY_PREPROCESS,
      threshold: { rule: 'none' },
    });

    test.each(scores.map((_, i) => i))('score and map of test image %i', async (i) => {
      const { score, map } = await model.predict(await tinyImage(golden.train + i));
      expectClose([score], [scores[i]!], Math.max(...scores.map(Math.abs)));
      expect(map === null).toBe(maps === undefined);
      if (!map || !maps) return;
      const { size } = golden;
      const every5th = map.data.filter((_, at) => (at % size) % 5 === 0 && Math.floor(at / size) % 5 === 0);
      expectClose(every5th, maps[i]!, Math.max(...maps[i]!));
    });
  },
);
