import { describe, expect, it } from 'vitest';
import type { LabelledMap } from './labelled_map.js';
import { PixelIntervals } from './pixel_intervals.js';
import { PixelMetrics } from './pixel_metrics.js';
import { seeded } from './random.js';
import { resampleInterval } from './resample.js';
import { valueIn } from './testing/arbitraries.js';

const SIDE = 12;
const random = seeded(5);
const noise = () => random() / 2 ** 32;

/** Good images, and defective ones whose square is brighter by `contrast` of the noise, each image by a level of its own. */
function testSet(count: number, contrast: number): LabelledMap[] {
  return Array.from({ length: count }, (_, n) => {
    const inside = (i: number) =>
      n % 2 === 1 && i % SIDE >= 3 && i % SIDE < 7 && i >= 3 * SIDE && i < 6 * SIDE;
    const level = noise();
    const pixels = Array.from({ length: SIDE * SIDE }, (_, i) => i);
    const map = Float32Array.from(pixels, (i) => 1 + level + noise() + (inside(i) ? contrast : 0));
    const mask = n % 2 === 1 ? Uint8Array.from(pixels, (i) => Number(inside(i))) : null;
    return { map, mask, width: SIDE, height: SIDE };
  });
}

function intervalsOf(images: readonly LabelledMap[]): PixelIntervals {
  const intervals = new PixelIntervals();
  for (const { map, mask, width, height } of images) intervals.add(map, mask, width, height);
  return intervals;
}

function exactOf(images: readonly LabelledMap[]): PixelMetrics {
  const exact = new PixelMetrics();
  for (const { map, mask, width, height } of images) exact.add(map, mask, width, height);
  return exact;
}

const OPTIONS = { seed: 1, resamples: 200 };

describe('PixelIntervals', () => {
  const images = testSet(16, 0.6);

  it.each([
    ['AUROC', (set: PixelIntervals) => set.auroc(OPTIONS), (set: PixelMetrics) => set.auroc()],
    ['AUPRO', (set: PixelIntervals) => set.aupro(0.3, OPTIONS), (set: PixelMetrics) => set.aupro(0.3)],
  ])(
    'of %s is the interval of the exact metric on the same drawn images, up to the bins',
    (_name, of, metric) => {
      const strata = [images.filter(({ mask }) => !mask), images.filter(({ mask }) => mask)];
      const expected = valueIn(
        resampleInterval(
          [8, 8],
          (drawn) =>
            metric(exactOf(strata.flatMap((stratum, s) => Array.from(drawn[s]!, (i) => stratum[i]!)))),
          OPTIONS,
        ),
      );
      const found = valueIn(of(intervalsOf(images)));
      expect(found.low).toBeCloseTo(expected.low, 2);
      expect(found.high).toBeCloseTo(expected.high, 2);
      const value = valueIn(metric(exactOf(images)));
      expect(found.low).toBeLessThan(value);
      expect(found.high).toBeGreaterThan(value);
    },
  );

  it('narrows by half with four times as many images like these', () => {
    const width = (set: LabelledMap[]) => {
      const { low, high } = valueIn(intervalsOf(set).auroc(OPTIONS));
      return high - low;
    };
    const ratio = width([...images, ...images, ...images, ...images]) / width(images);
    expect(ratio).toBeGreaterThan(0.35);
    expect(ratio).toBeLessThan(0.65);
  });

  it('is not defined where the metric is not', () => {
    const good = images.filter(({ mask }) => !mask);
    expect(intervalsOf(good).auroc(OPTIONS)).toMatchObject({ defined: false, reason: /defective/ });
    expect(intervalsOf(good).aupro(0.3, OPTIONS)).toMatchObject({ defined: false, reason: /region/ });
    expect(intervalsOf([]).auroc(OPTIONS).defined).toBe(false);
  });

  it('refuses what cannot be counted', () => {
    expect(() => new PixelIntervals().add(Float32Array.of(Number.NaN), null, 1, 1)).toThrow(/pixel 0 is NaN/);
    expect(() => new PixelIntervals().add(Float32Array.of(1, 2), null, 1, 1)).toThrow(/1 x 1 = 1/);
    expect(() => intervalsOf(images).aupro(0, OPTIONS)).toThrow(/limit is 0/);
  });
});
