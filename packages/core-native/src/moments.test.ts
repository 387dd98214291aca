import { describe, expect, it } from 'vitest';
import { factorise, ledoitWolf, type Matrix, PositionMoments } from './index.js';
import { exactMoments } from './testing/gaussian_oracle.js';
import golden from './testing/ledoit_wolf.json' with { type: 'json' };
import { AWKWARD, largestDifference, randomMatrix } from './testing/random.js';

/** Images first .. end - 1 of all. */
const images = ({ data, cols }: Matrix, positions: number, first: number, end: number): Matrix => ({
  data: data.subarray(first * positions * cols, end * positions * cols),
  rows: (end - first) * positions,
  cols,
});

function expectExact(moments: PositionMoments, rows: Matrix): void {
  const { positions, cols } = moments;
  const size = (cols * (cols + 1)) / 2;
  for (let p = 0; p < positions; p++) {
    const { mean, scatter } = exactMoments(rows, positions, p);
    expect(largestDifference(moments.mean.subarray(p * cols, (p + 1) * cols), mean)).toBeLessThan(1e-6);
    expect(largestDifference(moments.scatter.subarray(p * size, (p + 1) * size), scatter)).toBeLessThan(1e-5);
  }
}

const unusable = (message: string) => ({ code: 'E_ARGUMENT', message });

describe('PositionMoments', () => {
  it.each(AWKWARD)('agrees with double precision in %i columns, however the images come', async (cols) => {
    for (const positions of [1, 5]) {
      const rows = randomMatrix(9 * positions, cols);
      for (const cuts of [
        [0, 9],
        [0, 1, 2, 9],
        [0, 4, 4, 9],
      ]) {
        const moments = new PositionMoments(positions, cols);
        for (let i = 1; i < cuts.length; i++)
          await moments.add(images(rows, positions, cuts[i - 1]!, cuts[i]!));
        expect([moments.images, moments.divisor]).toEqual([9, 8]);
        expectExact(moments, rows);
      }
    }
  });

  it('merges to the moments of all images, also into none, and leaves the others as they are', async () => {
    const rows = randomMatrix(9 * 5, 17);
    const [all, first, second] = [1, 2, 3].map(() => new PositionMoments(5, 17)) as [
      PositionMoments,
      PositionMoments,
      PositionMoments,
    ];
    await first.add(images(rows, 5, 0, 3));
    await second.add(images(rows, 5, 3, 9));
    await all.merge(first);
    expect(all.scatter).toEqual(first.scatter);
    await all.merge(new PositionMoments(5, 17));
    await all.merge(second);
    expect([all.images, second.images]).toEqual([9, 6]);
    expectExact(all, rows);
    expectExact(second, images(rows, 5, 3, 9));
  });

  it('refuses a second call while one is running, and works on afterwards', async () => {
    const moments = new PositionMoments(4, 3);
    const other = new PositionMoments(4, 3);
    const rows = randomMatrix(8, 3);
    const adding = moments.add(rows);
    const busy = unusable('moments cannot be used: add has not finished with it.');
    await expect(moments.add(rows)).rejects.toMatchObject(busy);
    await expect(factorise(moments, { ridge: 1 })).rejects.toMatchObject(busy);
    await expect(other.merge(moments)).rejects.toMatchObject({ code: 'E_ARGUMENT' });
    await adding;
    const merging = other.merge(moments);
    await expect(moments.add(rows)).rejects.toMatchObject(
      unusable('moments cannot be used: merge has not finished with it.'),
    );
    await merging;
    await moments.add(rows);
    expect([moments.images, other.images]).toEqual([4, 2]);
  });

  it('cannot be used after it was stopped half-way, but after it was stopped before', async () => {
    const moments = new PositionMoments(1, 256);
    const rows = { data: new Float32Array(2 ** 24), rows: 2 ** 16, cols: 256 };
    await expect(moments.add(rows, { signal: AbortSignal.abort(new Error('early')) })).rejects.toThrow(
      'early',
    );
    await expect(moments.add(rows, { threads: 0 })).rejects.toThrow('threads is 0');
    await moments.add(rows);
    const controller = new AbortController();
    const adding = moments.add(rows, { signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(adding).rejects.toThrow('enough');
    const broken = unusable('moments cannot be used: add failed or was stopped half-way.');
    await expect(moments.add(rows)).rejects.toMatchObject(broken);
    await expect(factorise(moments, { ridge: 1 })).rejects.toMatchObject(broken);
  });

  it('refuses NaN, naming the row', async () => {
    const moments = new PositionMoments(2, 3);
    const rows = randomMatrix(4, 3);
    rows.data[10] = Number.NaN;
    await expect(moments.add(rows)).rejects.toMatchObject({
      code: 'E_NOT_FINITE',
      message: 'features row 3 holds NaN in column 1; expected finite numbers.',
    });
  });

  it('refuses shapes that differ', async () => {
    const moments = new PositionMoments(2, 3);
    const shape = (message: string) => ({ code: 'E_SHAPE', message });
    await expect(moments.add(randomMatrix(3, 3))).rejects.toMatchObject(
      shape('rows has 3 rows; expected a multiple of the 2 positions.'),
    );
    await expect(moments.add(randomMatrix(2, 4))).rejects.toMatchObject(
      shape("rows has 4 columns; expected the Gaussians' 3."),
    );
    await expect(moments.merge(new PositionMoments(2, 4))).rejects.toMatchObject(
      shape('other has 2 positions of 4 columns; expected 2 of 3.'),
    );
    await expect(moments.merge(moments)).rejects.toMatchObject({ code: 'E_ARGUMENT' });
    expect(() => new PositionMoments(0, 3)).toThrow('positions is 0; expected a whole number of at least 1.');
    expect(() => new PositionMoments(1, 0.5)).toThrow('cols is 0.5; expected a whole number of at least 1.');
  });

  it('says how much memory is missing', () => {
    expect(() => new PositionMoments(2 ** 40, 4)).toThrow(
      expect.objectContaining({
        code: 'E_OUT_OF_MEMORY',
        message: 'The moments of 1099511627776 positions of 4 columns need 79164.8 GB.',
      }),
    );
  });
});

describe('ledoitWolf', () => {
  it.each(golden.cases)('agrees with scikit-learn on $rows rows of $cols columns', async (one) => {
    const { rows, cols } = one;
    const found = await ledoitWolf({ data: Float32Array.from(one.data), rows, cols });
    const largest = Math.max(...one.covariance.map(Math.abs));
    expect(Math.abs(found.shrinkage - one.shrinkage)).toBeLessThan(1e-6);
    expect(largestDifference(found.mean, one.mean)).toBeLessThan(1e-6 * largest);
    expect(largestDifference(found.scatter, one.covariance)).toBeLessThan(1e-6 * largest);
    expect([found.positions, found.cols, found.divisor]).toEqual([1, cols, 1]);
  });

  it('refuses fewer than two rows', async () => {
    await expect(ledoitWolf(randomMatrix(1, 4))).rejects.toMatchObject({
      code: 'E_ARGUMENT',
      message: 'rows has 1 rows; a covariance needs at least 2.',
    });
  });
});
