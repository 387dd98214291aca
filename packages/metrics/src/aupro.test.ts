import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aupro } from './aupro.js';
import { auroc } from './auroc.js';
import type { LabelledMap } from './labelled_map.js';
import { findRegions } from './regions.js';
import { maps, valueIn } from './testing/arbitraries.js';
import { overlaps } from './testing/golden.js';

/** Stripes of 400 x 7 pixels, every second one a defect, scores rising along the rows: a curve that is known. */
function stripes(): LabelledMap {
  const [width, height] = [400, 7];
  const map = new Float32Array(width * height);
  const mask = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      map[y * width + x] = x / width;
      mask[y * width + x] = y % 2;
    }
  }
  return { map, mask, width, height };
}

/** The limit-1 area by another way: each region against all good pixels, as a probability. */
function meanRegionAuroc(images: readonly LabelledMap[]): number {
  const good: number[] = [];
  const regions: number[][] = [];
  for (const { map, mask, width, height } of images) {
    const { labels, areas } = findRegions(mask ?? new Uint8Array(map.length), width, height);
    const first = regions.length;
    for (const _ of areas) regions.push([]);
    map.forEach((score, i) => {
      (labels[i]! < 0 ? good : regions[first + labels[i]!]!).push(score);
    });
  }
  const areas = regions.map((region) => {
    const labels = [...region.map(() => 1), ...good.map(() => 0)];
    return valueIn(auroc([...region, ...good], labels));
  });
  return areas.reduce((a, b) => a + b, 0) / areas.length;
}

const scorable = maps.filter(
  (images) =>
    images.some(({ mask }) => mask?.includes(1)) &&
    images.some(({ mask }) => mask === null || mask.includes(0)),
);

describe('aupro', () => {
  it('gives 1/6 for the published check: stripes with ramp scores, limit 1/3', () => {
    expect(valueIn(aupro([stripes()], 1 / 3))).toBeCloseTo(1 / 6, 12);
  });

  it.each(overlaps.sets)(
    'equals the published definition over all thresholds',
    ({ maps, masks, width, height, ...set }) => {
      const images = maps.map((map, i) => ({
        map: Float32Array.from(map),
        mask: Uint8Array.from(masks[i]!),
        width,
        height,
      }));
      for (const [limit, expected] of set.aupro)
        expect(valueIn(aupro(images, limit))).toBeCloseTo(expected, 12);
    },
  );

  it('is at limit 1 the mean over regions of their AUROC against all good pixels', () => {
    fc.assert(
      fc.property(scorable, (images) => {
        expect(valueIn(aupro(images, 1))).toBeCloseTo(meanRegionAuroc(images), 12);
      }),
    );
  });

  it('does not change under a monotone transform, or when the set is doubled', () => {
    fc.assert(
      fc.property(scorable, (images) => {
        const expected = valueIn(aupro(images));
        const transformed = images.map((image) => ({
          ...image,
          map: image.map.map((score) => Math.exp(score) - 7),
        }));
        expect(valueIn(aupro(transformed))).toBeCloseTo(expected, 12);
        expect(valueIn(aupro([...images, ...images]))).toBeCloseTo(expected, 12);
      }),
    );
  });

  it('weighs a small region as much as a large one', () => {
    // The lone pixel is found first, the block of four never before all good pixels.
    const map = Float32Array.of(9, 5, 1, 1, 5, 5, 1, 1, 5, 5, 5, 5);
    const mask = Uint8Array.of(1, 0, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0);
    expect(valueIn(aupro([{ map, mask, width: 4, height: 3 }], 1))).toBeCloseTo(0.5, 14);
  });

  it('takes 0.3 as its limit', () => {
    expect(aupro([stripes()])).toEqual(aupro([stripes()], 0.3));
  });

  it('never exceeds 1, although sums of 1 / area round', () => {
    const [width, height] = [7, 7];
    const mask = Uint8Array.from({ length: 49 }, (_, i) => Number(i < 42));
    const map = Float32Array.from(mask);
    expect(valueIn(aupro([{ map, mask, width, height }]))).toBeLessThanOrEqual(1);
  });

  it('says what is missing', () => {
    const map = Float32Array.of(1, 2);
    expect(aupro([{ map, mask: null, width: 2, height: 1 }])).toEqual({
      defined: false,
      reason: 'no mask has a defective region',
    });
    expect(aupro([{ map, mask: Uint8Array.of(1, 1), width: 2, height: 1 }])).toEqual({
      defined: false,
      reason: 'there are no good pixels',
    });
  });

  it('refuses no images and limits outside (0, 1]', () => {
    expect(() => aupro([])).toThrow(expect.objectContaining({ code: 'E_EMPTY' }));
    for (const limit of [0, 1.1, Number.NaN]) {
      expect(() => aupro([stripes()], limit)).toThrow(expect.objectContaining({ code: 'E_RANGE' }));
    }
  });
});
