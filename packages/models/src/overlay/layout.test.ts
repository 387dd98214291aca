import { describe, expect, it } from 'vitest';
import type { Rect } from '../image/index.js';
import { layoutOverlay } from './layout.js';

const needs = { strip: 400, legend: 200, bar: () => 70 };

describe('layoutOverlay', () => {
  it.each([
    [64, 64, 8],
    [239, 100, 3],
    [300, 200, 2],
    [480, 480, 1],
    [1600, 900, 1],
    [3200, 100, 0.5],
    [1, 1, 480],
  ])('shows %d x %d at a scale of %d', (width, height, scale) => {
    expect(layoutOverlay({ width, height }, needs).scale).toBe(scale);
  });

  it.each([
    [1, 1],
    [64, 48],
    [5000, 3],
    [3, 5000],
    [900, 900],
    [9999, 8001],
  ])('fits everything of %d x %d beside each other in whole pixels', (width, height) => {
    const { unit, size, strip, picture, bar, legend, margin } = layoutOverlay({ width, height }, needs);
    for (const value of [strip, picture, bar].flatMap((rect) => Object.values(rect))) {
      expect(Number.isInteger(value)).toBe(true);
    }
    const right = (rect: Rect) => rect.left + rect.width;
    const bottom = (rect: Rect) => rect.top + rect.height;
    expect(strip).toMatchObject({ left: 0, top: 0, width: size.width });
    expect(size.width - 2 * margin).toBeGreaterThanOrEqual(needs.strip * unit);
    expect(picture.top).toBeGreaterThanOrEqual(bottom(strip));
    expect(bar.top).toBeGreaterThanOrEqual(bottom(strip));
    expect(picture.left).toBeGreaterThanOrEqual(margin);
    expect(right(picture)).toBeLessThan(bar.left);
    expect(bar.width).toBeGreaterThanOrEqual(70 * unit);
    expect(bar.height).toBeGreaterThanOrEqual(200 * unit);
    expect(right(bar)).toBe(size.width - margin);
    expect(legend.y).toBeGreaterThan(Math.max(bottom(picture), bottom(bar)));
    expect(legend.y).toBeLessThan(size.height);
    expect(Math.min(picture.width, picture.height)).toBeGreaterThanOrEqual(1);
    expect(Math.max(picture.width, picture.height)).toBeLessThanOrEqual(1600);
  });
});
