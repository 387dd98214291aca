import { SeededRandom } from '@ad/models';
import { expect, test } from 'vitest';
import { expose } from './camera.js';
import { SIZE } from './frame.js';
import { Noise } from './noise.js';

const random = new SeededRandom(2);
const stock = new Noise(random);
const noise = [0, 1, 2].map(() => stock.field(SIZE * SIZE, random));

/** Mean and standard deviation per colour of a picture whose colours have these radiances. */
function exposeFlat(...radiance: number[]) {
  const planes = radiance.map((value) => new Float32Array(SIZE * SIZE).fill(value));
  const pixels = expose(planes, noise);
  return radiance.map((_, channel) => {
    const levels = Array.from(pixels).filter((_, i) => i % 3 === channel);
    const mean = levels.reduce((sum, level) => sum + level, 0) / levels.length;
    const variance = levels.reduce((sum, level) => sum + (level - mean) ** 2, 0) / levels.length;
    return { mean, deviation: Math.sqrt(variance) };
  });
}

test('the tone curve is the square root, with the same noise for dark and bright', () => {
  const [dark, middle, bright] = exposeFlat(0.04, 0.25, 0.81);
  expect(dark!.mean).toBeCloseTo(51, 0);
  expect(middle!.mean).toBeCloseTo(127.5, 0);
  expect(bright!.mean).toBeCloseTo(229.5, 0);
  // Rounding to whole levels adds a variance of 1 / 12.
  for (const { deviation } of [dark!, middle!, bright!]) {
    expect(deviation).toBeCloseTo(Math.sqrt(1.6 ** 2 + 1 / 12), 1);
  }
});

test('saturates instead of wrapping around', () => {
  const [over] = exposeFlat(4, 0, 0);
  expect(over).toEqual({ mean: 255, deviation: 0 });
});
