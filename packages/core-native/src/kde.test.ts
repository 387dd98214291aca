import { describe, expect, it } from 'vitest';
import { fitKde, kdeLogDensity } from './index.js';
import { densityGoldens } from './testing/golden.js';
import { randomMatrix } from './testing/random.js';

describe('kde', () => {
  it.each(densityGoldens.kde)('agrees with scipy: $name', async ({ rows, cols, bandwidth, ...golden }) => {
    const density = await fitKde({ data: Float32Array.from(golden.data), rows, cols }, { bandwidth });
    const queries = { data: Float32Array.from(golden.queries), rows: golden.queries.length / cols, cols };
    const found = await kdeLogDensity(queries, density);
    golden.logDensity.forEach((expected, q) => {
      expect(Math.abs(found[q]! - expected)).toBeLessThan(1e-5 * Math.max(1, Math.abs(expected)));
    });
  });

  it('is plain data that survives its bytes', async () => {
    const density = await fitKde(randomMatrix(20, 3), { bandwidth: 'scott' });
    const queries = randomMatrix(9, 3, 2);
    expect(await kdeLogDensity(queries, structuredClone(density))).toEqual(
      await kdeLogDensity(queries, density),
    );
  });

  it('is finite a million standard deviations out, and beyond', async () => {
    const density = await fitKde(randomMatrix(33, 4), { bandwidth: 'scott' });
    const far = Float32Array.from({ length: 12 }, (_, i) => [1e6, -1e20, 3e38][Math.floor(i / 4)]!);
    const found = await kdeLogDensity({ data: far, rows: 3, cols: 4 }, density);
    expect([...found].every(Number.isFinite)).toBe(true);
    expect(found[0]).toBeGreaterThan(found[1]!);
    expect(found[1]).toBeGreaterThan(found[2]!);
  });

  it('gives the same bits for every number of threads', async () => {
    const rows = randomMatrix(64, 15);
    const one = await fitKde(rows, { bandwidth: 0.5 }, { threads: 1 });
    expect(await fitKde(rows, { bandwidth: 0.5 }, { threads: 2 })).toEqual(one);
    expect(await kdeLogDensity(rows, one, { threads: 2 })).toEqual(
      await kdeLogDensity(rows, one, { threads: 1 }),
    );
  });

  it('answers nothing for no rows', async () => {
    const density = await fitKde(randomMatrix(20, 3), { bandwidth: 'scott' });
    expect(await kdeLogDensity(randomMatrix(0, 3), density)).toHaveLength(0);
  });

  it.each([0, -1, Number.NaN, 1e7, 'silverman' as 'scott'])('refuses bandwidth %s', async (bandwidth) => {
    await expect(fitKde(randomMatrix(20, 3), { bandwidth })).rejects.toMatchObject({
      code: 'E_ARGUMENT',
      message: `bandwidth is '${bandwidth}'; expected 'scott' or a number from 1e-6 to 1e6.`,
    });
  });

  it('names rank and dimension of a singular covariance', async () => {
    await expect(fitKde(randomMatrix(5, 16), { bandwidth: 'scott' })).rejects.toMatchObject({
      code: 'E_ARGUMENT',
      message:
        'The covariance of 5 rows of 16 columns has rank 4; a density needs rank 16, so at least 17 rows.',
    });
  });

  it('names the row that is not finite', async () => {
    const rows = randomMatrix(20, 3);
    const density = await fitKde(rows, { bandwidth: 'scott' });
    rows.data[17] = Number.NEGATIVE_INFINITY;
    const error = { code: 'E_NOT_FINITE', message: expect.stringContaining('row 5 ') };
    await expect(fitKde(rows, { bandwidth: 'scott' })).rejects.toMatchObject(error);
    await expect(kdeLogDensity(rows, density)).rejects.toMatchObject(error);
  });

  it('refuses rows and parts of another dimension', async () => {
    const density = await fitKde(randomMatrix(20, 3), { bandwidth: 'scott' });
    await expect(kdeLogDensity(randomMatrix(2, 4), density)).rejects.toMatchObject({
      code: 'E_SHAPE',
      message: 'rows has 4 columns; expected the 3 of the density.',
    });
    const broken = { ...density, whitener: density.whitener.slice(1) };
    await expect(kdeLogDensity(randomMatrix(2, 3), broken)).rejects.toMatchObject({
      code: 'E_SHAPE',
      message: 'whitener has 8 elements; expected 3 x 3 = 9.',
    });
    const singles = { ...density, mean: new Float32Array(3) as unknown as Float64Array };
    await expect(kdeLogDensity(randomMatrix(2, 3), singles)).rejects.toMatchObject({
      code: 'E_SHAPE',
      message: 'mean is a Float32Array; expected a Float64Array.',
    });
  });
});
