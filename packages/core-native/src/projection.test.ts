import { describe, expect, it } from 'vitest';
import { projectionDimension, sparseProjection } from './index.js';
import { projectionOracle } from './testing/projection_oracle.js';
import { AWKWARD, largestDifference, randomMatrix } from './testing/random.js';

describe('sparseProjection', () => {
  it.each(AWKWARD)('is the product with the matrix of its definition for %i rows', async (rows) => {
    for (const [cols, components] of [
      [1, 3],
      [9, 1],
      [33, 17],
    ] as const) {
      const points = randomMatrix(rows, cols);
      const found = await sparseProjection(points, { components, seed: 42, density: 0.4 });
      expect([found.rows, found.cols]).toEqual([rows, components]);
      const expected = projectionOracle(points, components, 42, 0.4);
      expect(largestDifference(found.data, expected)).toBeLessThan(1e-5);
    }
  });

  it('has the density 1 / sqrt(columns) where none is given', async () => {
    const points = randomMatrix(5, 49);
    const { data } = await sparseProjection(points, { components: 20, seed: Number.MAX_SAFE_INTEGER });
    const expected = projectionOracle(points, 20, Number.MAX_SAFE_INTEGER, 1 / 7);
    expect(largestDifference(data, expected)).toBeLessThan(1e-5);
  });

  it('takes no rows', async () => {
    const none = { data: new Float32Array(), rows: 0, cols: 5 };
    const found = await sparseProjection(none, { components: 3, seed: 0 });
    expect(found).toEqual({ data: new Float32Array(), rows: 0, cols: 3 });
  });

  it('keeps a NaN in its row', async () => {
    const points = randomMatrix(70, 4);
    points.data[4 * 66] = Number.NaN;
    const { data } = await sparseProjection(points, { components: 2, seed: 0, density: 1 });
    const touched = [...data.keys()].filter((i) => Number.isNaN(data[i]));
    expect(touched).toEqual([132, 133]);
  });

  it.each([
    ['no components', { components: 0 }, 'components is 0; expected a whole number of at least 1.'],
    ['a negative seed', { seed: -1 }, 'seed is -1; expected a whole number of at least 0.'],
    ['density 0', { density: 0 }, 'density is 0; expected a number above 0 and at most 1.'],
    ['a density above 1', { density: 1.5 }, 'density is 1.5; expected a number above 0 and at most 1.'],
    ['a NaN density', { density: Number.NaN }, 'density is NaN; expected a number above 0 and at most 1.'],
  ])('refuses %s', async (_, changed, message) => {
    const settings = { components: 2, seed: 0, ...changed };
    await expect(sparseProjection(randomMatrix(2, 4), settings)).rejects.toMatchObject({
      code: 'E_ARGUMENT',
      message,
    });
  });
});

describe('projectionDimension', () => {
  it('is the bound of Dasgupta and Gupta, at least one', () => {
    expect(projectionDimension(214_016)).toBe(303);
    expect(projectionDimension(1)).toBe(1);
    expect(projectionDimension(1000, 0.1)).toBe(5920);
  });

  it.each([0, 1.5, Number.NaN])('refuses %d rows', (rows) => {
    expect(() => projectionDimension(rows)).toThrow(
      `rows is ${rows}; expected a whole number of at least 1.`,
    );
  });

  it.each([0, 1, Number.NaN])('refuses epsilon %d', (epsilon) => {
    expect(() => projectionDimension(10, epsilon)).toThrow(
      `epsilon is ${epsilon}; expected a number between`,
    );
  });
});
