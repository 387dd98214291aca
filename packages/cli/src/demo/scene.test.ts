import { SeededRandom } from '@ad/models';
import { expect, test } from 'vitest';
import { drawScene } from './draw_scene.js';
import { SIZE } from './frame.js';
import { Noise } from './noise.js';
import { makeScene } from './scene.js';

function draw(setSeed: number, pictureSeed: number): Promise<Uint8ClampedArray> {
  return drawScene(makeScene(new Noise(new SeededRandom(setSeed)), new SeededRandom(pictureSeed)));
}

function meanDifference(a: Uint8ClampedArray, b: Uint8ClampedArray): number {
  return a.reduce((sum, level, i) => sum + Math.abs(level - b[i]!), 0) / a.length;
}

test('the same seeds draw the same pixels', async () => {
  expect(await draw(1, 2)).toEqual(await draw(1, 2));
});

test('good plates vary by more than the noise of the camera', async () => {
  expect(meanDifference(await draw(1, 2), await draw(1, 3))).toBeGreaterThan(6);
});

test('another set has other noise on plates that lie alike', async () => {
  const difference = meanDifference(await draw(1, 2), await draw(4, 2));
  expect(difference).toBeGreaterThan(1);
  expect(difference).toBeLessThan(8);
});

test('the exposure fits: neither the metal is burnt out nor the mat black', async () => {
  for (const seed of [0, 1, 2, 3]) {
    const pixels = await draw(1, seed);
    const burnt = pixels.filter((level) => level === 255).length;
    expect(burnt / pixels.length).toBeLessThan(0.01);
    expect(pixels[3 * (10 * SIZE + 10)]).toBeGreaterThan(10);
  }
});
