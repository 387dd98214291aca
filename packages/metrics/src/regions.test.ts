import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findRegions } from './regions.js';
import { maps } from './testing/arbitraries.js';
import { overlaps } from './testing/golden.js';

/** The definition: a pixel takes the smallest number among its neighbours, until nothing changes. */
function bruteForce(mask: Uint8Array, width: number, height: number): number[] {
  const labels = Array.from(mask, (set, i) => (set ? i : -1));
  for (let changed = true; changed; ) {
    changed = false;
    for (let i = 0; i < labels.length; i++) {
      for (let j = 0; j < labels.length; j++) {
        const near =
          Math.abs((i % width) - (j % width)) <= 1 &&
          Math.abs(Math.floor(i / width) - Math.floor(j / width)) <= 1;
        if (near && labels[i]! >= 0 && labels[j]! >= 0 && labels[j]! < labels[i]!) {
          labels[i] = labels[j]!;
          changed = true;
        }
      }
    }
  }
  expect(labels.length).toBe(width * height);
  const firsts = [...new Set(labels.filter((label) => label >= 0))].sort((a, b) => a - b);
  return labels.map((label) => firsts.indexOf(label));
}

describe('findRegions', () => {
  it('joins pixels that touch at a corner', () => {
    expect(findRegions(Uint8Array.of(1, 0, 0, 1), 2, 2).areas).toEqual([2]);
  });

  it('does not join the end of a row with the start of the next', () => {
    expect(findRegions(Uint8Array.of(0, 0, 1, 1, 0, 0), 3, 2).areas).toEqual([1, 1]);
  });

  it('finds nothing in an empty mask', () => {
    expect(findRegions(new Uint8Array(2), 2, 1)).toEqual({ labels: Int32Array.of(-1, -1), areas: [] });
  });

  it('equals spreading labels until nothing changes', () => {
    fc.assert(
      fc.property(maps, (images) => {
        for (const { mask, width, height } of images) {
          if (!mask) continue;
          const { labels, areas } = findRegions(mask, width, height);
          expect([...labels]).toEqual(bruteForce(mask, width, height));
          expect(areas).toEqual(areas.map((_, region) => labels.filter((label) => label === region).length));
        }
      }),
    );
  });

  it('finds the areas that scipy finds', () => {
    for (const { masks, areas, width, height } of overlaps.sets) {
      expect(masks.map((mask) => findRegions(Uint8Array.from(mask), width, height).areas)).toEqual(areas);
    }
  });

  it('holds a region that fills a large image', () => {
    expect(findRegions(new Uint8Array(512 * 512).fill(1), 512, 512).areas).toEqual([512 * 512]);
  });
});
