import { findComponents } from '@ad/core-native';
import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../random.js';
import { regionMask } from './region_mask.js';

/** Labels by the definition: grow every pixel at or above the threshold to all 8 neighbours, by repetition. */
function bruteForceMask(map: Float32Array, width: number, threshold: number, seed: number): Set<number> {
  const found = new Set([seed]);
  for (let before = 0; before !== found.size; ) {
    before = found.size;
    map.forEach((value, i) => {
      if (!(value >= threshold)) return;
      for (const j of found) {
        if (
          Math.abs((i % width) - (j % width)) <= 1 &&
          Math.abs(Math.floor(i / width) - Math.floor(j / width)) <= 1
        ) {
          found.add(i);
          return;
        }
      }
    });
  }
  return found;
}

describe('regionMask', () => {
  it('is the component that the region was counted from, also with others in its box, holes, ties and NaN', async () => {
    const random = new SeededRandom(3);
    const size = { width: 13, height: 11 };
    let holes = 0;
    for (let n = 0; n < 30; n++) {
      const data = Float32Array.from({ length: 143 }, () =>
        random.below(15) === 0 ? Number.NaN : random.below(10) - 4,
      );
      const threshold = 2 + random.below(3);
      for (const region of await findComponents({ data, rows: 11, cols: 13 }, threshold)) {
        const mask = regionMask(data, size, region);
        const expected = bruteForceMask(data, 13, threshold, region.peakY * 13 + region.peakX);
        const inside = [...mask].flatMap((value, i) =>
          value ? [(region.top + Math.floor(i / region.width)) * 13 + region.left + (i % region.width)] : [],
        );
        expect(inside).toEqual([...expected].sort((a, b) => a - b));
        holes += Number(inside.length < region.width * region.height);
      }
    }
    expect(holes).toBeGreaterThan(20);
  });

  it('tells a region from a hotter one whose box it shares', () => {
    // A hook of 3 around a single 9 that it does not touch.
    const rows = [
      [3, 3, 3, 3, 3],
      [3, 0, 0, 0, 0],
      [3, 0, 9, 0, 0],
      [3, 0, 0, 0, 0],
      [4, 3, 3, 3, 3],
    ];
    const hook = { left: 0, top: 0, width: 5, height: 5, area: 13, peak: 4, peakX: 0, peakY: 4 };
    const mask = regionMask(Float32Array.from(rows.flat()), { width: 5, height: 5 }, hook);
    expect([...mask]).toEqual(rows.flat().map((value) => (value === 3 || value === 4 ? 1 : 0)));
  });

  it.each([
    ['of another area', { area: 3 }],
    ['outside the map', { left: 1 }],
    ['with its peak outside its box', { peakX: 7 }],
    ['of no pixels', { area: 0 }],
  ])('refuses a region %s', (_, wrong) => {
    const region = { left: 0, top: 0, width: 2, height: 1, area: 2, peak: 5, peakX: 0, peakY: 0, ...wrong };
    const refused = () => regionMask(Float32Array.of(5, 5), { width: 2, height: 1 }, region);
    expect(refused).toThrow(expect.objectContaining({ code: 'E_ARGUMENT' }));
    expect(refused).toThrow(`no region of ${region.area} pixels`);
  });

  it('refuses a region of a map that is nowhere inspected', () => {
    const region = { left: 0, top: 0, width: 2, height: 1, area: 1, peak: 5, peakX: 0, peakY: 0 };
    const map = new Float32Array(2).fill(Number.NaN);
    expect(() => regionMask(map, { width: 2, height: 1 }, region)).toThrow('no region');
  });
});
