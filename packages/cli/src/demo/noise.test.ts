import { SeededRandom } from '@ad/models';
import { expect, test } from 'vitest';
import { SIZE } from './frame.js';
import { Noise } from './noise.js';

const COUNT = 3 * SIZE * SIZE;
const random = new SeededRandom(3);
const noise = new Noise(random);

/** Of two fields of standard normal numbers; its own standard deviation is 1 / sqrt(n), here 0.002. */
function correlation(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0) / a.length;
}

test('values are standard normal', () => {
  const field = noise.field(COUNT, random);
  const moment = (power: number) => field.reduce((sum, value) => sum + value ** power, 0) / COUNT;
  expect(moment(1)).toBeCloseTo(0, 1);
  expect(moment(2)).toBeCloseTo(1, 1);
  expect(Math.abs(moment(4) - 3)).toBeLessThan(0.2);
});

test('two fields, neighbours, rows and colour channels know nothing of each other', () => {
  const field = noise.field(COUNT, random);
  expect(Math.abs(correlation(field, noise.field(COUNT, random)))).toBeLessThan(0.02);
  for (const lag of [1, 2, SIZE, SIZE * SIZE]) {
    expect(Math.abs(correlation(field.subarray(0, COUNT - lag), field.subarray(lag)))).toBeLessThan(0.02);
  }
});

test('nothing repeats, at no distance', () => {
  const field = noise.field(COUNT, random);
  // 500 values tell an echo of half the amplitude, a correlation of 0.5, from chance: 0.045.
  const window = field.subarray(0, 500);
  let strongest = 0;
  for (let lag = 1; lag + window.length <= COUNT; lag++) {
    let sum = 0;
    for (let i = 0; i < window.length; i++) sum += window[i]! * field[lag + i]!;
    strongest = Math.max(strongest, Math.abs(sum) / window.length);
  }
  expect(strongest).toBeLessThan(0.35);
});
