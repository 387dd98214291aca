import { describe, expect, it } from 'vitest';
import { pca, project } from './index.js';
import { densityGoldens } from './testing/golden.js';
import { AWKWARD, largestDifference, randomMatrix } from './testing/random.js';

describe('pca', () => {
  it.each(densityGoldens.pca)('agrees with numpy and scikit-learn: $name', async (golden) => {
    const rows = { ...golden, data: Float32Array.from(golden.data) };
    const found = await pca(rows, { keep: golden.keep });
    expect(found.components.rows).toBe(golden.singularValues.length);
    expect(largestDifference(found.components.data, golden.components)).toBeLessThan(1e-6);
    expect(largestDifference(found.singularValues, golden.singularValues)).toBeLessThan(
      1e-10 * golden.singularValues[0]!,
    );
    expect(found.totalVariance / golden.totalVariance).toBeCloseTo(1, 10);
    // An fp32 mean of 10,000 is off by up to half a thousandth.
    const rounding = Math.abs(found.mean[0]!) > 1000 ? 1e-3 : 1e-6;
    const { coordinates, residual } = await project(rows, found);
    expect([coordinates.rows, coordinates.cols]).toEqual([golden.rows, found.components.rows]);
    expect([residual.rows, residual.cols]).toEqual([golden.rows, golden.cols]);
    expect(largestDifference(coordinates.data, golden.coordinates)).toBeLessThan(rounding);
    expect(largestDifference(residual.data, golden.residual)).toBeLessThan(rounding);
  });

  it.each(AWKWARD)('explains all of %i columns with all components', async (cols) => {
    for (const count of AWKWARD.filter((n) => n > 1)) {
      const rows = randomMatrix(count, cols, count + cols);
      const found = await pca(rows, { keep: Math.min(count - 1, cols) });
      const explained = found.singularValues.reduce((sum, s) => sum + s * s, 0);
      expect(explained / found.totalVariance).toBeCloseTo(1, 10);
      const { residual } = await project(rows, found);
      expect(largestDifference(residual.data, new Float32Array(count * cols))).toBeLessThan(2e-6);
    }
  });

  it('gives the same bits for every number of threads', async () => {
    const rows = randomMatrix(70, 300);
    const one = await pca(rows, { keep: 0.8 }, { threads: 1 });
    const two = await pca(rows, { keep: 0.8 }, { threads: 2 });
    expect(two).toEqual(one);
    expect(await project(rows, two, { threads: 2 })).toEqual(await project(rows, one, { threads: 1 }));
  });

  it('takes keep 1 as one component', async () => {
    expect((await pca(randomMatrix(5, 3), { keep: 1 })).components.rows).toBe(1);
  });

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('refuses keep %d', async (keep) => {
    await expect(pca(randomMatrix(5, 3), { keep })).rejects.toMatchObject({
      code: 'E_ARGUMENT',
      message: `keep is ${keep}; expected a share of the variance between 0 and 1, or a whole number of components.`,
    });
  });

  it('refuses more components than there are, with both numbers', async () => {
    await expect(pca(randomMatrix(4, 8), { keep: 4 })).rejects.toMatchObject({
      code: 'E_ARGUMENT',
      message: 'keep is 4, but 4 rows of 8 columns have only 3 principal components.',
    });
  });

  it('refuses rows without variance, and none', async () => {
    await expect(pca(randomMatrix(1, 8), { keep: 0.9 })).rejects.toMatchObject({
      code: 'E_ARGUMENT',
      message: 'rows has one row; principal components need at least two.',
    });
    const equal = { data: new Float32Array(12).fill(0.1), rows: 4, cols: 3 };
    await expect(pca(equal, { keep: 0.9 })).rejects.toMatchObject({
      code: 'E_ARGUMENT',
      message: 'All 4 rows are equal: they have no principal components.',
    });
    await expect(pca(randomMatrix(0, 8), { keep: 0.9 })).rejects.toMatchObject({
      code: 'E_ARGUMENT',
      message: 'rows is 0 x 8; expected at least one number.',
    });
  });

  it('names the row that is not finite', async () => {
    const rows = randomMatrix(4, 8);
    rows.data[17] = Number.NaN;
    await expect(pca(rows, { keep: 0.9 })).rejects.toMatchObject({
      code: 'E_NOT_FINITE',
      message: expect.stringContaining('row 2 '),
    });
  });
});

describe('project', () => {
  it('refuses a mean and components of other columns', async () => {
    const model = { mean: new Float32Array(8), components: randomMatrix(2, 7) };
    await expect(project(randomMatrix(4, 8), model)).rejects.toMatchObject({
      code: 'E_SHAPE',
      message: 'components has 7 columns; expected the 8 columns of the rows.',
    });
    await expect(project(randomMatrix(4, 7), model)).rejects.toMatchObject({
      code: 'E_SHAPE',
      message: 'mean has 8 elements; expected 7 = 7.',
    });
  });
});
