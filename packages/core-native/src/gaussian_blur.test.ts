import { describe, expect, it } from 'vitest';
import { anomalyMaps, type MapSettings } from './index.js';
import { anomalyMapsOracle } from './testing/gaussian_blur_oracle.js';
import { AWKWARD, largestDifference, randomFloats } from './testing/random.js';

describe('anomalyMaps', () => {
  it.each(AWKWARD)('agrees with its definition on maps %i wide, at both borders', async (outWidth) => {
    const shape = { images: 2, height: 3, width: Math.ceil(outWidth / 3), outHeight: 7, outWidth };
    const scores = randomFloats(shape.images * shape.height * shape.width);
    for (const border of ['mirror', 'reflect'] as const) {
      for (const sigma of [0, 0.5, 2]) {
        const settings = { ...shape, border, sigma };
        const maps = await anomalyMaps(scores, settings);
        expect(largestDifference(maps, anomalyMapsOracle(scores, settings))).toBeLessThan(1e-6);
      }
    }
  });

  it('agrees with its definition for more images than one batch', async () => {
    const settings: Required<MapSettings> = {
      images: 9,
      height: 2,
      width: 3,
      outHeight: 5,
      outWidth: 4,
      sigma: 1,
      border: 'mirror',
    };
    const scores = randomFloats(9 * 6);
    expect(
      largestDifference(await anomalyMaps(scores, settings), anomalyMapsOracle(scores, settings)),
    ).toBeLessThan(1e-6);
  });

  it('defaults to sigma 4 and the mirrored border', async () => {
    const shape = { images: 1, height: 4, width: 4, outHeight: 12, outWidth: 12 };
    const scores = randomFloats(16);
    expect(await anomalyMaps(scores, shape)).toEqual(
      await anomalyMaps(scores, { ...shape, sigma: 4, border: 'mirror' }),
    );
  });

  it('makes a single score a constant map, however far the kernel reaches', async () => {
    const maps = await anomalyMaps(Float32Array.of(2), {
      images: 1,
      height: 1,
      width: 1,
      outHeight: 3,
      outWidth: 2,
      sigma: 50,
    });
    expect(largestDifference(maps, Array(6).fill(2))).toBeLessThan(1e-6);
  });

  it.each([
    ['no images', { images: 0 }, 'E_ARGUMENT', 'images is 0; expected a whole number of at least 1.'],
    ['half a row', { height: 0.5 }, 'E_ARGUMENT', 'height is 0.5; expected a whole number of at least 1.'],
    ['an empty map', { outWidth: 0 }, 'E_ARGUMENT', 'outWidth is 0; expected a whole number of at least 1.'],
    ['scores of another shape', { width: 3 }, 'E_SHAPE', 'scores has 4 elements; expected 1 x 2 x 3 = 6.'],
    ['a negative sigma', { sigma: -1 }, 'E_ARGUMENT', 'sigma is -1; expected a number from 0 to 1000.'],
    ['a NaN sigma', { sigma: Number.NaN }, 'E_ARGUMENT', 'sigma is NaN; expected a number from 0 to 1000.'],
    [
      'an unknown border',
      { border: 'wrap' },
      'E_ARGUMENT',
      "border is 'wrap'; expected 'mirror' or 'reflect'.",
    ],
  ])('refuses %s', async (_, changed, code, message) => {
    const settings = { images: 1, height: 2, width: 2, outHeight: 4, outWidth: 4, ...changed } as MapSettings;
    await expect(anomalyMaps(new Float32Array(4), settings)).rejects.toMatchObject({ code, message });
  });
});
