import { describe, expect, it } from 'vitest';
import { inferno, type Rgb } from './colormap.js';

/** CIE 1976 lightness of an sRGB colour, 0..100 (IEC 61966-2-1, D65). */
function lightness(rgb: Rgb): number {
  const [r, g, b] = rgb.map((c) => (c <= 10.31 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
  const y = 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
  return y > (6 / 29) ** 3 ? 116 * Math.cbrt(y) - 16 : (29 / 3) ** 3 * y;
}

describe('inferno', () => {
  it('runs from black to pale yellow through the published middle', () => {
    expect(inferno(0)).toEqual([0, 0, 4]);
    expect(inferno(1)).toEqual([252, 255, 164]);
    // Entry 128 of matplotlib's table: 0.735683, 0.215906, 0.330245.
    inferno(128 / 255).forEach((c, i) => {
      expect(Math.abs(c - [187.6, 55.1, 84.2][i]!)).toBeLessThan(3);
    });
  });

  it('gets lighter in even steps', () => {
    const levels = Array.from({ length: 21 }, (_, i) => lightness(inferno(i / 20)));
    for (let i = 2; i < levels.length; i++) {
      const step = levels[i]! - levels[i - 1]!;
      expect(step, `step ${i}`).toBeGreaterThan(3);
      expect(step, `step ${i}`).toBeLessThan(8);
    }
  });
});
