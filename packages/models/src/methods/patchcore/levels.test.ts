import { levelMoments } from '@ad/core-native';
import { expect, test } from 'vitest';
import { LevelStatistics } from './levels.js';

const CHANNELS = [2, 3];

/** Rows whose levels differ in place and spread, and drift from part to part. */
function part(rows: number, shift: number) {
  const data = Float32Array.from({ length: rows * 5 }, (_, i) => {
    const column = i % 5;
    return (column < 2 ? 1 : 40) * Math.sin(i * 0.7 + shift) + shift * column;
  });
  return { data, rows, cols: 5 };
}

test('parts give the factors of the whole', async () => {
  const parts = [part(64, 0), part(7, 3), part(130, -2)];
  const statistics = new LevelStatistics(CHANNELS);
  for (const rows of parts) statistics.add(rows.rows, await levelMoments(rows, CHANNELS));
  const all = { data: Float32Array.from(parts.flatMap(({ data }) => [...data])), rows: 201, cols: 5 };
  const expected = (await levelMoments(all, CHANNELS)).map(
    ({ std }, i) => 1 / (std * Math.sqrt(CHANNELS[i]!)),
  );
  for (const [i, factor] of statistics.factors().entries()) expect(factor / expected[i]!).toBeCloseTo(1, 6);
});

test('a level without variation is left as it is', async () => {
  const statistics = new LevelStatistics([4]);
  statistics.add(3, [{ mean: 5, std: 0 }]);
  expect(statistics.factors()).toEqual([0.5]);
});
