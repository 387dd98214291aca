import { SeededRandom } from '@ad/models';
import { describe, expect, test } from 'vitest';
import { drawScene } from '../draw_scene.js';
import { SIZE, toPlate } from '../frame.js';
import { drawMask } from '../mask.js';
import { Noise } from '../noise.js';
import { HALF, TURNED } from '../plate.js';
import { makeScene } from '../scene.js';
import { DEFECTS, type Spoil } from './index.js';

const SEEDS = [0, 1, 2, 3, 4, 5];
/** Levels of 255; the noise of the sensor has a standard deviation of 1.6. */
const NOTICEABLE = 4;
const noise = new Noise(new SeededRandom(1));

/** A good scene, and its plate with a defect. */
function spoilt(spoil: Spoil, seed: number) {
  const random = new SeededRandom(seed);
  const scene = makeScene(noise, random);
  return { scene, defect: spoil(scene.plate, random) };
}

describe.each(Object.entries(DEFECTS))('%s', (_, spoil) => {
  test.each(SEEDS)('is seen where its mask is, and nowhere else (seed %i)', async (seed) => {
    const { scene, defect } = spoilt(spoil, seed);
    const good = await drawScene(scene);
    const bad = await drawScene({ ...scene, plate: defect.plate });
    const mask = await drawMask(defect);
    const inside: number[] = [];
    const outside: number[] = [];
    mask.forEach((value, i) => {
      const colours = [3 * i, 3 * i + 1, 3 * i + 2];
      const change = Math.max(...colours.map((at) => Math.abs(good[at]! - bad[at]!)));
      (value === 255 ? inside : outside).push(change);
    });
    const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
    const seen = (values: number[]) => values.filter((levels) => levels >= NOTICEABLE).length;
    expect(inside.length).toBeGreaterThan(50);
    expect(sum(inside) / inside.length).toBeGreaterThan(5);
    expect(seen(inside) / inside.length).toBeGreaterThan(0.5);
    // What is left is the light at the rim that the lens blurs over it.
    expect(sum(inside) / (sum(inside) + sum(outside))).toBeGreaterThan(0.83);
    expect(seen(outside) / inside.length).toBeLessThan(0.35);
  });

  test.each(SEEDS)('lies on the plate, and covers nothing else (seed %i)', async (seed) => {
    const { defect } = spoilt(spoil, seed);
    const { plate } = defect;
    const mask = await drawMask(defect);
    const found = Array.from(mask.keys()).filter((i) => mask[i] !== 0);
    expect(new Set(mask)).toEqual(new Set([0, 255]));
    for (const i of found) {
      const [u, v] = toPlate(plate.pose, (i % SIZE) + 0.5, Math.floor(i / SIZE) + 0.5);
      // The lens spreads an edge by a pixel.
      expect(Math.max(Math.abs(u), Math.abs(v))).toBeLessThan(HALF + 1.5);
      expect(Math.hypot(u, v)).toBeGreaterThan(TURNED.inner - 1.5);
      for (const hole of plate.holes) {
        expect(Math.hypot(u - hole.u, v - hole.v)).toBeGreaterThan(hole.radius - 1.5);
      }
    }
  });

  test('is another one for another seed', async () => {
    const masks = await Promise.all(SEEDS.map((seed) => drawMask(spoilt(spoil, seed).defect)));
    expect(new Set(masks.map((mask) => Buffer.from(mask).toString('base64'))).size).toBe(SEEDS.length);
  });
});
