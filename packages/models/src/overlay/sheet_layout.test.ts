import { describe, expect, it } from 'vitest';
import { layoutSheet } from './sheet_layout.js';

const plain = { columns: 2, tileSize: 256, headings: false, captions: false, barWidth: null };
const square = (side: number) => ({ width: side, height: side });

describe('layoutSheet', () => {
  it('goes row by row, each as high as its highest picture', () => {
    const { cells } = layoutSheet([square(256), { width: 256, height: 64 }, square(256)], plain);
    const [a, b, c] = cells.map(({ picture }) => picture);
    expect(b!.left).toBeGreaterThanOrEqual(a!.left + 256);
    expect(b!.top + b!.height / 2).toBe(a!.top + a!.height / 2);
    expect(c!.left).toBe(a!.left);
    expect(c!.top).toBeGreaterThan(a!.top + 256);
    const flat = layoutSheet([{ width: 256, height: 64 }, square(10)], { ...plain, columns: 1 });
    expect(flat.cells[1]!.picture.top).toBeLessThan(a!.top + 256);
  });

  it('fits pictures into their cells: whole factors up, any factor down', () => {
    const { cells } = layoutSheet([100, 64, 900, 256].map(square), plain);
    expect(cells.map(({ scale }) => scale)).toEqual([2, 4, 256 / 900, 1]);
    expect(cells.map(({ picture }) => picture.width)).toEqual([200, 256, 256, 256]);
  });

  it('makes room for headings, captions and a bar only where there are any', () => {
    const images = [square(256), square(256)];
    const bare = layoutSheet(images, plain);
    const full = layoutSheet(images, { ...plain, headings: true, captions: true, barWidth: () => 70 });
    expect(bare.bar).toBeNull();
    expect(full.size.width - bare.size.width).toBeGreaterThanOrEqual(70);
    expect(full.headings).toHaveLength(2);
    const [{ picture, caption }] = full.cells as [(typeof full.cells)[0]];
    expect(full.headings[0]!.y).toBeLessThan(picture.top);
    expect(full.headings[0]!.x).toBe(picture.left + 128);
    expect(caption.y).toBeGreaterThan(picture.top + picture.height);
    expect(full.bar!.left).toBeGreaterThan(full.cells[1]!.picture.left + 256);
    expect(full.bar!.left + full.bar!.width).toBeLessThan(full.size.width);
  });
});
