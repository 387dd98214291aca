import { describe, expect, it } from 'vitest';
import { factorise, ledoitWolf, type Matrix, mahalanobis, PositionMoments, triangleSize } from './index.js';
import { exactDistance, exactMoments } from './testing/gaussian_oracle.js';
import { AWKWARD, randomMatrix } from './testing/random.js';

async function momentsOf(rows: Matrix, positions: number): Promise<PositionMoments> {
  const moments = new PositionMoments(positions, rows.cols);
  await moments.add(rows);
  return moments;
}

describe('mahalanobis', () => {
  it.each(AWKWARD)('agrees with double precision in %i columns', async (cols) => {
    for (const [positions, images, asked] of [
      [1, cols + 9, 9],
      [5, cols + 9, 1],
      [5, 2, 3],
    ] as const) {
      const rows = randomMatrix(images * positions, cols, 1);
      const queries = randomMatrix(asked * positions, cols, 2);
      const gaussians = await factorise(await momentsOf(rows, positions), { ridge: 0.01 });
      const distances = await mahalanobis(queries, gaussians);
      distances.forEach((distance, i) => {
        const exact = exactDistance(
          queries.data.subarray(i * cols, (i + 1) * cols),
          exactMoments(rows, positions, i % positions),
          { divisor: images - 1, ridge: 0.01 },
        );
        expect(Math.abs(distance - exact) / exact).toBeLessThan(1e-5);
      });
    }
  });

  it.each([1, 5, 16, 20])('agrees with double precision at rank %i of 20', async (rank) => {
    const rows = randomMatrix(3 * 30, 20, 1);
    const queries = randomMatrix(3 * 9, 20, 2);
    const moments = new PositionMoments(3, 20, rank);
    const second = new PositionMoments(3, 20, rank);
    await moments.add({ ...rows, data: rows.data.subarray(0, 3 * 10 * 20), rows: 3 * 10 });
    await second.add({ ...rows, data: rows.data.subarray(3 * 10 * 20), rows: 3 * 20 });
    await moments.merge(second);
    expect(moments.scatter).toHaveLength(3 * triangleSize(20, rank));
    const distances = await mahalanobis(queries, await factorise(moments, { ridge: 0.01 }));
    distances.forEach((distance, i) => {
      const row = queries.data.subarray(i * 20, (i + 1) * 20);
      const exact = exactDistance(row, exactMoments(rows, 3, i % 3), { divisor: 29, ridge: 0.01, rank });
      expect(Math.abs(distance - exact) / exact).toBeLessThan(1e-5);
    });
  });

  it('refuses ranks that there are not, and moments of another', async () => {
    for (const rank of [0, 5, 1.5]) {
      expect(() => new PositionMoments(1, 4, rank)).toThrow(expect.objectContaining({ code: 'E_ARGUMENT' }));
    }
    const moments = new PositionMoments(1, 4, 2);
    await expect(moments.merge(new PositionMoments(1, 4))).rejects.toMatchObject({
      code: 'E_SHAPE',
      message: 'other is of rank 4; expected 2.',
    });
  });

  it('measures an image alone as among others, and none at all', async () => {
    const gaussians = await factorise(await momentsOf(randomMatrix(3 * 40, 17), 3), { ridge: 0.01 });
    const queries = randomMatrix(3 * 11, 17, 2);
    const together = await mahalanobis(queries, gaussians);
    for (let i = 0; i < 11; i++) {
      const data = queries.data.subarray(i * 3 * 17, (i + 1) * 3 * 17);
      expect(await mahalanobis({ data, rows: 3, cols: 17 }, gaussians)).toEqual(
        together.slice(i * 3, (i + 1) * 3),
      );
    }
    expect(await mahalanobis(randomMatrix(0, 17), gaussians)).toEqual(new Float32Array());
  });

  it('takes a shrunk covariance without ridge, of fewer rows than columns', async () => {
    const rows = randomMatrix(6, 20);
    const shrunk = await ledoitWolf(rows);
    const exact = { mean: [...shrunk.mean], scatter: [...shrunk.scatter] };
    const [distance] = await mahalanobis(randomMatrix(1, 20, 2), await factorise(shrunk, { ridge: 0 }));
    const expected = exactDistance(randomMatrix(1, 20, 2).data, exact, { divisor: 1, ridge: 0 });
    expect(Math.abs(distance! - expected) / expected).toBeLessThan(1e-5);
  });

  it('refuses NaN, naming the row, and shapes that differ', async () => {
    const gaussians = await factorise(await momentsOf(randomMatrix(12, 4), 3), { ridge: 1 });
    const queries = randomMatrix(6, 4);
    queries.data[17] = Number.NaN;
    await expect(mahalanobis(queries, gaussians)).rejects.toMatchObject({
      code: 'E_NOT_FINITE',
      message: 'features row 4 holds NaN in column 1; expected finite numbers.',
    });
    await expect(mahalanobis(randomMatrix(4, 4), gaussians)).rejects.toMatchObject({ code: 'E_SHAPE' });
    await expect(mahalanobis(randomMatrix(3, 5), gaussians)).rejects.toMatchObject({ code: 'E_SHAPE' });
    const short = { ...gaussians, factors: gaussians.factors.subarray(1) };
    await expect(mahalanobis(randomMatrix(3, 4), short)).rejects.toMatchObject({
      code: 'E_SHAPE',
      message: 'factors has 29 elements; expected 3 x 10 = 30.',
    });
  });
});

describe('factorise', () => {
  it('puts the factors in the place of the scatter, once', async () => {
    const moments = await momentsOf(randomMatrix(12, 4), 3);
    const { factors, mean } = await factorise(moments, { ridge: 1 });
    expect(factors).toBe(moments.scatter);
    expect(mean).toEqual(Float32Array.from(moments.mean));
    const message = 'moments cannot be used: factorise has made its scatter the factors.';
    await expect(factorise(moments, { ridge: 1 })).rejects.toMatchObject({ code: 'E_ARGUMENT', message });
    await expect(moments.add(randomMatrix(3, 4))).rejects.toMatchObject({ code: 'E_ARGUMENT', message });
  });

  it('divides by one less than the images, or by what it is told', async () => {
    const rows = { data: Float32Array.of(1, 5, 3), rows: 3, cols: 1 };
    const reciprocal = async (divisor?: number) =>
      (await factorise(await momentsOf(rows, 1), { ridge: 0, divisor })).factors[0];
    expect(await reciprocal()).toBeCloseTo(1 / 2, 6);
    expect(await reciprocal(8)).toBeCloseTo(1, 6);
  });

  it('refuses one image, and a covariance that is not positive definite', async () => {
    await expect(factorise(await momentsOf(randomMatrix(3, 4), 3), { ridge: 0.01 })).rejects.toMatchObject({
      code: 'E_ARGUMENT',
      message: 'divisor is 0; expected a finite number above 0.',
      hint: 'A covariance needs at least two images.',
    });
    const few = await momentsOf(randomMatrix(3 * 3, 4), 3);
    await expect(factorise(few, { ridge: 0 })).rejects.toMatchObject({
      code: 'E_ARGUMENT',
      message:
        'The covariance of position 0 is not positive definite: column 2 depends on those before it; ' +
        'expected more images than columns, or a larger ridge.',
    });
    await expect(factorise(few, { ridge: 1 })).rejects.toMatchObject({
      message: 'moments cannot be used: factorise failed or was stopped half-way.',
    });
    const moments = await momentsOf(randomMatrix(12, 4), 3);
    await expect(factorise(moments, { ridge: -1 })).rejects.toMatchObject({
      code: 'E_ARGUMENT',
      message: 'ridge is -1; expected a finite number of at least 0.',
    });
  });
});
