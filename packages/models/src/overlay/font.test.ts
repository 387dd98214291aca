import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { shortened, textPath, textWidth } from './font.js';

const style = { size: 40, weight: 'bold' } as const;

/** The box of the ink of an SVG fragment on 400 x 100 pixels. */
async function inkOf(fragment: string) {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="400" height="100">${fragment}</svg>`;
  const { data } = await sharp(Buffer.from(svg))
    .extractChannel(3)
    .raw()
    .toBuffer({ resolveWithObject: true });
  const on = [...data].flatMap((alpha, i) => (alpha > 127 ? [i] : []));
  const [xs, ys] = [on.map((i) => i % 400), on.map((i) => Math.floor(i / 400))];
  return {
    left: Math.min(...xs),
    right: Math.max(...xs) + 1,
    top: Math.min(...ys),
    bottom: Math.max(...ys) + 1,
  };
}

describe('textPath', () => {
  it('centres capitals on y and stands where its anchor says', async () => {
    for (const [anchor, left] of [
      ['start', 200],
      ['middle', 200 - textWidth('HOH', style) / 2],
      ['end', 200 - textWidth('HOH', style)],
    ] as const) {
      const ink = await inkOf(textPath('HOH', 200, 50, { ...style, fill: '#000', anchor }));
      expect(Math.abs((ink.top + ink.bottom) / 2 - 50)).toBeLessThanOrEqual(1);
      expect(Math.abs(ink.left - left)).toBeLessThan(5);
      expect(Math.abs(ink.right - left - textWidth('HOH', style))).toBeLessThan(5);
    }
  });

  it('has a glyph for every sign that overlays write', () => {
    const missing = textPath('中', 0, 0, { ...style, fill: '#000' });
    for (const sign of '0123456789.e−↑↓…×ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz') {
      const glyph = textPath(sign, 0, 0, { ...style, fill: '#000' });
      expect(glyph, sign).not.toBe(missing);
      expect(glyph, sign).toContain('d="M');
    }
  });

  it('needs no escaping', () => {
    expect(textPath('<&">', 0, 0, { ...style, fill: '#000' })).toMatch(
      /^<path fill="#000" d="[-MLQCZ0-9. ]+"\/>$/,
    );
  });
});

describe('shortened', () => {
  it('leaves a text that fits', () => {
    expect(shortened('scratch', 1000, style)).toBe('scratch');
  });

  it('cuts one that does not, so that it does', () => {
    const text = shortened('broken_large/000.png', 200, style);
    expect(text).toMatch(/^broken_.*…$/);
    expect(textWidth(text, style)).toBeLessThanOrEqual(200);
  });
});
