import { describe, expect, it } from 'vitest';
import { type FeatureMap, levelMoments, patchEmbed, scaleLevels } from './index.js';
import { patchEmbedOracle } from './testing/patch_embed_oracle.js';
import { AWKWARD, largestDifference, randomFloats, randomMatrix } from './testing/random.js';

function level(images: number, channels: number, height: number, width: number, scale?: number): FeatureMap {
  return { data: randomFloats(images * channels * height * width, height), channels, height, width, scale };
}

describe('patchEmbed', () => {
  it.each(AWKWARD)('agrees with its definition on a grid %i wide', async (size) => {
    const other = AWKWARD[(AWKWARD.indexOf(size) + 5) % AWKWARD.length]!;
    const half = Math.ceil(size / 2);
    for (const patchSize of [1, 3, 5]) {
      const maps = [level(2, 3, 5, size), level(2, 2, 3, half, 1.7), level(2, 1, other, 2, 0.5)];
      const { data, rows, cols } = await patchEmbed(maps, { images: 2, patchSize });
      expect([rows, cols]).toEqual([2 * 5 * size, 6]);
      expect(largestDifference(data, patchEmbedOracle(maps, 2, patchSize))).toBeLessThan(1e-6);
    }
  });

  it.each(AWKWARD)(
    'agrees with its definition for %i channels and more images than one batch',
    async (channels) => {
      const maps = [level(9, channels, 3, 4), level(9, 2, 2, 2)];
      const { data } = await patchEmbed(maps, { images: 9 });
      expect(largestDifference(data, patchEmbedOracle(maps, 9, 3))).toBeLessThan(1e-6);
    },
  );

  it('divides by nine at the border too', async () => {
    const ones = { data: new Float32Array(9).fill(9), channels: 1, height: 3, width: 3 };
    expect([...(await patchEmbed([ones], { images: 1 })).data]).toEqual([4, 6, 4, 6, 9, 6, 4, 6, 4]);
  });

  it('places half-pixel centres and clamps the edges', async () => {
    const fine = { data: new Float32Array(4), channels: 1, height: 1, width: 4 };
    const coarse = { data: Float32Array.of(0, 8), channels: 1, height: 1, width: 2 };
    const { data } = await patchEmbed([fine, coarse], { images: 1, patchSize: 1 });
    expect([...data]).toEqual([0, 0, 0, 2, 0, 6, 0, 8]);
  });

  it('takes the nearest place as torch does: floor(i * from / to)', async () => {
    const fine = { data: new Float32Array(10), channels: 1, height: 2, width: 5 };
    const coarse = { data: Float32Array.of(0, 1, 2, 3, 4, 5), channels: 1, height: 2, width: 3 };
    const settings = { images: 1, patchSize: 1, interpolation: 'nearest' } as const;
    const { data } = await patchEmbed([fine, coarse], settings);
    // torch.nn.functional.interpolate(torch.arange(6.).view(1, 1, 2, 3), (2, 5), mode='nearest')
    expect([...data].filter((_, i) => i % 2 === 1)).toEqual([0, 0, 1, 1, 2, 3, 3, 4, 4, 5]);
  });

  it('lets NaN through to its neighbourhood and nowhere else', async () => {
    const map = level(1, 2, 5, 5);
    map.data[0] = Number.NaN;
    const { data } = await patchEmbed([map], { images: 1 });
    const touched = [...data.keys()].filter((i) => Number.isNaN(data[i]));
    expect(touched).toEqual([0, 1, 5, 6].map((patch) => 2 * patch));
  });

  it('writes into a larger matrix at a row, and nowhere else', async () => {
    const maps = [level(1, 3, 2, 2)];
    const matrix = { data: new Float32Array(8 * 3).fill(7), rows: 8, cols: 3 };
    expect(await patchEmbed(maps, { images: 1, into: { matrix, row: 3 } })).toBe(matrix);
    const alone = await patchEmbed(maps, { images: 1 });
    expect([...matrix.data.subarray(9, 21)]).toEqual([...alone.data]);
    expect([...matrix.data.subarray(0, 9), ...matrix.data.subarray(21)]).toEqual(Array(12).fill(7));
  });

  it.each([
    ['no levels', [], {}, 'E_ARGUMENT', 'maps is empty; expected at least one level.'],
    [
      'no images',
      [level(1, 1, 2, 2)],
      { images: 0 },
      'E_ARGUMENT',
      'images is 0; expected a whole number of at least 1.',
    ],
    [
      'an even patch',
      [level(1, 1, 2, 2)],
      { patchSize: 2 },
      'E_ARGUMENT',
      'patchSize is 2; expected an odd number.',
    ],
    [
      'an unknown interpolation',
      [level(1, 1, 2, 2)],
      { interpolation: 'cubic' as 'nearest' },
      'E_ARGUMENT',
      "interpolation is 'cubic'; expected 'bilinear' or 'nearest'.",
    ],
    [
      'half a channel',
      [{ ...level(1, 1, 2, 2), channels: 0.5 }],
      {},
      'E_ARGUMENT',
      'maps[0].channels is 0.5; expected a whole number of at least 1.',
    ],
    [
      'no height',
      [{ ...level(1, 1, 2, 2), height: 0 }],
      {},
      'E_ARGUMENT',
      'maps[0].height is 0; expected a whole number of at least 1.',
    ],
    [
      'a NaN scale',
      [level(1, 1, 2, 2, Number.NaN)],
      {},
      'E_ARGUMENT',
      'maps[0].scale is NaN; expected a finite number.',
    ],
    [
      'a second level of another batch',
      [level(1, 1, 2, 2), level(2, 3, 1, 1)],
      {},
      'E_SHAPE',
      'maps[1].data has 6 elements; expected 1 x 3 x 1 x 1 = 3.',
    ],
    [
      'a target that is too short',
      [level(1, 1, 2, 2)],
      { into: { matrix: randomMatrix(4, 1), row: 1 } },
      'E_SHAPE',
      'into.matrix is 4 x 1; 4 rows of 1 columns do not fit at row 1.',
    ],
    [
      'a target of other columns',
      [level(1, 1, 2, 2)],
      { into: { matrix: randomMatrix(4, 2), row: 0 } },
      'E_SHAPE',
      'into.matrix is 4 x 2; 4 rows of 1 columns do not fit at row 0.',
    ],
  ])('refuses %s', async (_, maps, settings, code, message) => {
    await expect(patchEmbed(maps, { images: 1, ...settings })).rejects.toMatchObject({ code, message });
  });
});

describe('levelMoments', () => {
  it('agrees with double precision, level by level', async () => {
    const rows = randomMatrix(1500, 12);
    const moments = await levelMoments(rows, [5, 7]);
    [rows.data.filter((_, i) => i % 12 < 5), rows.data.filter((_, i) => i % 12 >= 5)].forEach((values, l) => {
      const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
      const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length;
      expect(moments[l]!.mean).toBeCloseTo(mean, 12);
      expect(moments[l]!.std).toBeCloseTo(Math.sqrt(variance), 12);
    });
  });

  it('names the first row that is not finite, and refuses channels that do not make up the columns', async () => {
    const rows = randomMatrix(10, 4);
    await expect(levelMoments(rows, [1, 2])).rejects.toMatchObject({
      code: 'E_SHAPE',
      message: 'channels add up to 3; expected the 4 columns of the rows.',
    });
    rows.data[25] = Number.NEGATIVE_INFINITY;
    await expect(levelMoments(rows, [4])).rejects.toMatchObject({
      code: 'E_NOT_FINITE',
      message: expect.stringContaining('row 6 '),
    });
  });
});

describe('scaleLevels', () => {
  it('gives the bits of embedding with these scales', async () => {
    const plain = [level(2, 5, 6, 7), level(2, 3, 3, 4)];
    const rows = await patchEmbed(plain, { images: 2 });
    await scaleLevels(rows, [5, 3], [0.37, 1.91]);
    const scaled = [
      { ...plain[0]!, scale: 0.37 },
      { ...plain[1]!, scale: 1.91 },
    ];
    expect(rows).toEqual(await patchEmbed(scaled, { images: 2 }));
  });

  it('refuses factors that are missing or not finite', async () => {
    await expect(scaleLevels(randomMatrix(2, 3), [1, 2], [1])).rejects.toMatchObject({
      code: 'E_SHAPE',
      message: 'There are 1 factors for 2 levels.',
    });
    await expect(scaleLevels(randomMatrix(2, 3), [3], [Number.NaN])).rejects.toMatchObject({
      code: 'E_ARGUMENT',
      message: 'factors[0] is NaN; expected a finite number.',
    });
  });
});
