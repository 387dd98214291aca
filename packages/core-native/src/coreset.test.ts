import { describe, expect, it } from 'vitest';
import { coresetScratchBytes, greedyCoreset } from './index.js';
import { coresetOracle } from './testing/coreset_oracle.js';
import { AWKWARD, lattice, randomMatrix } from './testing/random.js';

describe('greedyCoreset', () => {
  it.each(AWKWARD)('chooses the rows of the plain loop among %i, ties to the lowest', async (rows) => {
    for (const cols of [1, 3, 33]) {
      const points = lattice(rows, cols);
      for (const count of [1, Math.ceil(rows / 2), rows]) {
        const start = (7 * count) % rows;
        expect(await greedyCoreset(points, { count, start })).toEqual(coresetOracle(points, count, start));
      }
    }
  });

  it.each([
    [5000, 40, 60],
    [9000, 2, 150],
  ])('chooses the rows of the plain loop among many: %i x %i', async (rows, cols, count) => {
    const points = lattice(rows, cols);
    expect(await greedyCoreset(points, { count, start: 3 })).toEqual(coresetOracle(points, count, 3));
  });

  it('takes rows without columns in order: all are equal', async () => {
    const points = { data: new Float32Array(), rows: 4, cols: 0 };
    expect(await greedyCoreset(points, { count: 3, start: 2 })).toEqual({
      indices: Uint32Array.of(2, 0, 1),
      radius: 0,
    });
  });

  it.each([
    [
      'no rows',
      { data: new Float32Array(), rows: 0, cols: 3 },
      {},
      'points has no rows; expected at least one.',
    ],
    ['a count of 0', randomMatrix(5, 2), { count: 0 }, 'count is 0; expected a whole number from 1 to 5.'],
    [
      'more than there are',
      randomMatrix(5, 2),
      { count: 6 },
      'count is 6; expected a whole number from 1 to 5.',
    ],
    ['half a row', randomMatrix(5, 2), { count: 2.5 }, 'count is 2.5; expected a whole number from 1 to 5.'],
    [
      'a start beyond the rows',
      randomMatrix(5, 2),
      { start: 5 },
      'start is 5; expected a whole number from 0 to 4.',
    ],
  ])('refuses %s', async (_, points, changed, message) => {
    const settings = { count: 2, start: 0, ...changed };
    await expect(greedyCoreset(points, settings)).rejects.toMatchObject({ code: 'E_ARGUMENT', message });
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('refuses %d, naming the row', async (bad) => {
    const points = randomMatrix(20, 3);
    points.data[31] = bad;
    await expect(greedyCoreset(points, { count: 5, start: 0 })).rejects.toMatchObject({
      code: 'E_NOT_FINITE',
      message: expect.stringContaining('row 10 '),
    });
  });
});

describe('coresetScratchBytes', () => {
  it('grows with what is asked for', () => {
    expect(coresetScratchBytes(20_000, 64, 200)).toBeGreaterThan(coresetScratchBytes(10_000, 64, 200));
    expect(coresetScratchBytes(10_000, 64, 2000)).toBeGreaterThan(coresetScratchBytes(10_000, 64, 200));
  });
});
