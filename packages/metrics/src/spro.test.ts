import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aupro } from './aupro.js';
import type { LabelledMap } from './labelled_map.js';
import { findRegions } from './regions.js';
import { auspro, SproMetrics } from './spro.js';
import { maps, valueIn } from './testing/arbitraries.js';
import { overlaps } from './testing/golden.js';

/** The regions of a mask as defects, each saturating at some pixels of its area. */
function withDefects({ map, mask, width, height }: LabelledMap, saturation: (area: number) => number) {
  const { labels, areas } = findRegions(mask ?? new Uint8Array(map.length), width, height);
  const defects = areas.map((area, region) => ({
    mask: Uint8Array.from(labels, (label) => Number(label === region)),
    saturation: saturation(area),
  }));
  return { map, defects, width, height };
}

function golden({ maps, masks, width, height }: (typeof overlaps.sets)[number]): LabelledMap[] {
  return maps.map((map, i) => ({
    map: Float32Array.from(map),
    mask: Uint8Array.from(masks[i]!),
    width,
    height,
  }));
}

describe('auspro', () => {
  it.each(overlaps.sets)('equals the published definition over all thresholds, at several limits', (set) => {
    const images = golden(set).map((image) =>
      withDefects(image, (area) => Math.max(1, Math.floor(area / 2))),
    );
    const results = auspro(
      images,
      set.spro.map(([limit]) => limit),
    );
    set.spro.forEach(([, expected], i) => {
      expect(valueIn(results[i]!)).toBeCloseTo(expected, 12);
    });
  });

  it.each(overlaps.sets)('counts a pixel of two defects for both, and saturates at fractions', (set) => {
    const { masks, saturations, expected } = set.overlapping;
    const [with2, without] = golden(set).slice(2, 4);
    const defects = masks.map((mask, i) => ({ mask: Uint8Array.from(mask), saturation: saturations[i]! }));
    const images = [
      { ...with2!, defects },
      { ...without!, defects: [] },
    ];
    const results = auspro(
      images,
      expected.map(([limit]) => limit),
    );
    expected.forEach(([, area], i) => {
      expect(valueIn(results[i]!)).toBeCloseTo(area, 12);
    });
  });

  it('is AUPRO where each region saturates at its whole area', () => {
    fc.assert(
      fc.property(maps, (images) => {
        const defects = images.map((image) => withDefects(image, (area) => area));
        for (const limit of [0.05, 0.3, 1])
          expect(auspro(defects, [limit])[0]).toMatchObject(alike(aupro(images, limit)));
      }),
    );
  });

  it('does not fall when saturation is lowered', () => {
    fc.assert(
      fc.property(maps, (images) => {
        const [whole] = auspro(images.map((image) => withDefects(image, (area) => area)));
        const [one] = auspro(images.map((image) => withDefects(image, () => 1)));
        if (whole!.defined) expect(valueIn(one!)).toBeGreaterThanOrEqual(whole!.value - 1e-12);
      }),
    );
  });

  it('takes 0.05 as its limit', () => {
    const images = golden(overlaps.sets[0]!).map((image) => withDefects(image, (area) => area));
    expect(auspro(images)).toEqual(auspro(images, [0.05]));
  });

  it('refuses no images', () => {
    expect(() => auspro([])).toThrow(expect.objectContaining({ code: 'E_EMPTY' }));
  });
});

/** Equal up to rounding, as a matcher that also compares reasons. */
function alike(result: ReturnType<typeof aupro>) {
  return result.defined ? { defined: true, value: expect.closeTo(result.value, 12) } : { defined: false };
}

describe('SproMetrics', () => {
  const mask = Uint8Array.of(1, 1, 1, 0);
  const map = Float32Array.of(4, 3, 1, 2);

  it('gives the mean at a threshold, full from the saturation on', () => {
    const spro = new SproMetrics();
    spro.add(map, [{ mask, saturation: 2 }], 4, 1);
    spro.add(map, [{ mask: Uint8Array.of(0, 0, 1, 1), saturation: 2 }], 4, 1);
    expect(spro.sproAt(4)).toEqual({ defined: true, value: 0.25 });
    expect(spro.sproAt(3)).toEqual({ defined: true, value: 0.5 });
    expect(spro.sproAt(1)).toEqual({ defined: true, value: 1 });
  });

  it('says what is missing', () => {
    const spro = new SproMetrics();
    spro.add(map, [], 4, 1);
    expect(spro.sproAt(1)).toEqual({ defined: false, reason: 'there are no defects' });
    expect(spro.auspro().defined).toBe(false);
  });

  it.each([
    ['E_EMPTY', [{ mask: new Uint8Array(4), saturation: 1 }]],
    ['E_RANGE', [{ mask, saturation: 0 }]],
    ['E_RANGE', [{ mask, saturation: 4 }]],
    ['E_RANGE', [{ mask, saturation: Number.NaN }]],
    ['E_LABEL', [{ mask: Uint8Array.of(2, 0, 0, 0), saturation: 1 }]],
    ['E_LENGTH', [{ mask: new Uint8Array(3), saturation: 1 }]],
  ])('refuses with %s, and keeps nothing of the image', (code, bad) => {
    const spro = new SproMetrics();
    expect(() => spro.add(map, [{ mask, saturation: 1 }, ...bad], 4, 1)).toThrow(
      expect.objectContaining({ code }),
    );
    expect(spro.sproAt(0).defined).toBe(false);
  });
});
