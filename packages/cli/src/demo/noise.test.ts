import { SeededRandom } from '@ad/models';
import { expect, test } from 'vitest';
import { SIZE } from './frame.js';
import { Noise } from './noise.js';

const COUNT = SIZE * SIZE;
const random = new SeededRandom(3);
const noise = new Noise(random);

/** Largest correlation of the field's first 500 values with any 500 of the other, from distance `low` on. */
function strongestEcho(field: Float32Array, other: Float32Array, low: number): number {
  const window = field.subarray(0, 500);
  let strongest = 0;
  for (let lag = low; lag + window.length <= other.length; lag++) {
    let sum = 0;
    for (let i = 0; i < window.length; i++) sum += window[i]! * other[lag + i]!;
    strongest = Math.max(strongest, Math.abs(sum) / window.length);
  }
  return strongest;
}

test('values are standard normal', () => {
  const field = noise.field(COUNT, random);
  const moment = (power: number) => field.reduce((sum, value) => sum + value ** power, 0) / COUNT;
  expect(Math.abs(moment(1))).toBeLessThan(0.02);
  expect(Math.abs(moment(2) - 1)).toBeLessThan(0.03);
  expect(Math.abs(moment(4) - 3)).toBeLessThan(0.2);
});

// 500 values tell an echo of one of the two summands, a correlation of 0.5, from chance: 0.045.
test('a field does not repeat itself at any distance', () => {
  const field = noise.field(1 << 18, random);
  expect(strongestEcho(field, field, 1)).toBeLessThan(0.3);
});

test('a field is not an echo of another one', () => {
  const field = noise.field(COUNT, random);
  for (let others = 0; others < 3; others++) {
    expect(strongestEcho(field, noise.field(COUNT, random), 0)).toBeLessThan(0.3);
  }
});
