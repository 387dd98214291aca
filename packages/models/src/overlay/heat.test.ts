import { describe, expect, it } from 'vitest';
import { inferno } from './colormap.js';
import { heatOpacity, heatShare, paintHeat } from './heat.js';

describe('heatShare', () => {
  it.each([
    [0, 0],
    [1, 0],
    [2, 0.5],
    [3, 1],
    [9, 1],
    [Number.NaN, 0],
    [Number.POSITIVE_INFINITY, 1],
  ])('of %d in 1..3 is %d', (value, share) => {
    expect(heatShare(value, { low: 1, high: 3 })).toBe(share);
  });

  it('does not divide by the width of a range of one value', () => {
    expect([1, 2, 3].map((value) => heatShare(value, { low: 2, high: 2 }))).toEqual([0, 0, 1]);
  });
});

describe('paintHeat', () => {
  it('mixes the colour of the score into what lies under it', () => {
    const rgb = new Uint8Array(3).fill(100);
    paintHeat(rgb, Float32Array.of(3), { low: 1, high: 3 });
    const opacity = heatOpacity(1);
    expect([...rgb]).toEqual(inferno(1).map((c) => Math.round(100 + (c - 100) * opacity)));
  });

  it('leaves cold and uninspected pixels as they are', () => {
    const rgb = Uint8Array.from({ length: 9 }, (_, i) => i);
    paintHeat(rgb, Float32Array.of(0.5, 1, Number.NaN), { low: 1, high: 3 });
    expect([...rgb]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('covers more the hotter it is, and never all', () => {
    const opacities = [0, 0.1, 0.2, 0.3, 1].map(heatOpacity);
    expect(opacities[0]).toBe(0);
    expect([...opacities].sort((a, b) => a - b)).toEqual(opacities);
    expect(opacities.at(-1)).toBeLessThan(0.9);
  });
});
