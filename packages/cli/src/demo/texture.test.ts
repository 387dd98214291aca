import { SeededRandom } from '@ad/models';
import { expect, test } from 'vitest';
import { Noise } from './noise.js';
import { TURNED } from './plate.js';
import { makeTexture } from './texture.js';

const random = new SeededRandom(11);
const noise = new Noise(random);
const texture = makeTexture(noise, random);
/** Whole coordinates, where nothing is interpolated. */
const points = Array.from(
  { length: 4000 },
  () => [random.below(200) - 100, random.below(200) - 100] as const,
);

function correlation(a: number[], b: number[]): number {
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
  const centre = (values: number[]) => values.map((value) => value - sum(values) / values.length);
  const [x, y] = [centre(a), centre(b)];
  const product = (p: number[], q: number[]) => sum(p.map((value, i) => value * q[i]!));
  return product(x, y) / Math.sqrt(product(x, x) * product(y, y));
}

test('strokes run along u: alike beside each other on a stroke, not across it', () => {
  const here = points.map(([u, v]) => texture.brushed(u, v));
  const along = points.map(([u, v]) => texture.brushed(u + 3, v));
  const across = points.map(([u, v]) => texture.brushed(u, v + 3));
  expect(correlation(here, along)).toBeGreaterThan(0.5);
  expect(Math.abs(correlation(here, across))).toBeLessThan(0.2);
});

test('strokes are about standard normal', () => {
  const values = points.map(([u, v]) => texture.brushed(u, v));
  expect(Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length)).toBeCloseTo(1, 0);
});

test('between pixels the texture is continuous', () => {
  for (const [u, v] of points.slice(0, 200)) {
    expect(texture.brushed(u + 0.999, v + 0.999)).toBeCloseTo(texture.brushed(u + 1, v + 1), 1);
  }
});

test('every plate has its own texture', () => {
  const other = makeTexture(noise, random);
  const strokes = (of: typeof texture) => points.map(([u, v]) => of.brushed(u, v));
  expect(Math.abs(correlation(strokes(texture), strokes(other)))).toBeLessThan(0.2);
  const radii = Array.from(
    { length: 100 },
    (_, i) => TURNED.inner + (i * (TURNED.outer - TURNED.inner)) / 100,
  );
  const grooves = (of: typeof texture) => radii.map((radius) => of.turned(radius));
  expect(Math.abs(correlation(grooves(texture), grooves(other)))).toBeLessThan(0.5);
});
