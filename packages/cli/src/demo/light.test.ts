import { SeededRandom } from '@ad/models';
import { expect, test } from 'vitest';
import { SIZE } from './frame.js';
import { glare, irradiance, makeLight } from './light.js';

const lights = Array.from({ length: 20 }, (_, seed) => makeLight(new SeededRandom(seed)));

test('it is brighter towards the lamp', () => {
  for (const light of lights) {
    const [x, y] = light.direction;
    const at = (side: number) => irradiance(light, (SIZE / 2) * (1 + side * x), (SIZE / 2) * (1 + side * y));
    expect(at(0.8)).toBeGreaterThan(at(-0.8));
    expect(at(0)).toBeCloseTo(light.exposure, 10);
  }
});

test('the glare is strongest where the lamp is mirrored', () => {
  for (const light of lights) {
    expect(glare(light, light.glare.at)).toBe(light.glare.strength);
    expect(glare(light, light.glare.at + light.glare.width)).toBeCloseTo(0.6065 * light.glare.strength, 4);
  }
});

test('no two pictures have the same light', () => {
  expect(new Set(lights.map((light) => light.exposure)).size).toBe(lights.length);
});
