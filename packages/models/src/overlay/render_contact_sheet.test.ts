import { describe, expect, it } from 'vitest';
import { decodeImage, type RgbImage } from '../image/index.js';
import { type ContactSheetOptions, renderContactSheet, type Tile } from './render_contact_sheet.js';

const SIDE = 128;
const LIME = [0x8d, 0xff, 0x3f];
const GROUND = [0x15, 0x18, 0x1c];
const grey = (level: number): RgbImage => ({
  data: new Uint8Array(3 * SIDE * SIDE).fill(level),
  width: SIDE,
  height: SIDE,
});

async function rendered(tiles: Tile[], options: Partial<ContactSheetOptions> = {}) {
  const png = await renderContactSheet(tiles, { columns: 2, tileSize: SIDE, ...options });
  const { data, width, height } = await decodeImage(png);
  const pixel = (x: number, y: number) => [...data.subarray(3 * (y * width + x), 3 * (y * width + x) + 3)];
  /** How many pixels of a row are not the ground. */
  const ink = (y: number) =>
    Array.from({ length: width }, (_, x) => pixel(x, y)).filter((p) => p.some((v, c) => v !== GROUND[c]))
      .length;
  return { width, height, pixel, ink };
}

describe('renderContactSheet', () => {
  it('shows images as they are, row by row', async () => {
    const { pixel, width, height } = await rendered([50, 100, 150].map((level) => ({ image: grey(level) })));
    // Margins of 16, a gap of 12.
    expect([width, height]).toEqual([2 * SIDE + 44, 2 * SIDE + 44]);
    const middles = [
      [80, 80, 50],
      [220, 80, 100],
      [80, 220, 150],
    ] as const;
    for (const [x, y, level] of middles) expect(pixel(x, y)).toEqual([level, level, level]);
    expect(pixel(16, 16)).toEqual([50, 50, 50]);
    expect(pixel(15, 16)).toEqual(GROUND);
    expect(pixel(143, 143)).toEqual([50, 50, 50]);
    expect(pixel(144, 143)).toEqual(GROUND);
    expect(pixel(220, 220)).toEqual(GROUND);
  });

  it('outlines a ground truth and shows the heat of a map, each on its own tile', async () => {
    const mask = new Uint8Array(SIDE * SIDE);
    const map = new Float32Array(SIDE * SIDE);
    for (let y = 40; y < 80; y++) {
      mask.fill(1, y * SIDE + 40, y * SIDE + 80);
      map.fill(9, y * SIDE + 40, y * SIDE + 80);
    }
    const image = grey(100);
    const tiles = [
      { image, mask },
      { image, map },
    ];
    const { pixel } = await rendered(tiles, { range: { low: 1, high: 3 } });
    const distance = (a: number[], b: number[]) => Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));
    // The line is 1.5 pixels wide here, so the two pixels at the edge are most of it.
    expect(distance(pixel(16 + 40, 16 + 60), LIME)).toBeLessThan(90);
    expect(pixel(16 + 60, 16 + 60)).toEqual([100, 100, 100]);
    const [r, , b] = pixel(156 + 60, 16 + 60);
    expect(r! - b!).toBeGreaterThan(30);
    expect(pixel(156 + 30, 16 + 60)).toEqual([100, 100, 100]);
  });

  it('writes captions below and headings above, only where there are any', async () => {
    const image = grey(100);
    const bare = await rendered([{ image }]);
    const full = await rendered([{ image, caption: 'scratch 000' }], { headings: ['image', 'map'] });
    expect(full.height).toBeGreaterThan(bare.height + 40);
    const rows = Array.from({ length: full.height }, (_, y) => full.ink(y));
    const first = rows.findIndex((count) => count >= SIDE);
    const last = rows.findLastIndex((count) => count >= SIDE);
    expect(last - first).toBe(SIDE - 1);
    expect(Math.max(...rows.slice(0, first))).toBeGreaterThan(5);
    expect(Math.max(...rows.slice(last + 1))).toBeGreaterThan(5);
  });

  it('has one colour bar if there is a map', async () => {
    const image = grey(100);
    const map = new Float32Array(SIDE * SIDE);
    const range = { low: 1, high: 3 };
    const bare = await rendered([{ image }], { range });
    const full = await rendered([{ image, map }], { range, threshold: 2 });
    expect(full.width).toBeGreaterThan(bare.width + 40);
  });

  const image = grey(1);
  const map = new Float32Array(SIDE * SIDE);
  it.each<[string, Tile[], Partial<ContactSheetOptions>, string]>([
    ['no tiles', [], {}, 'There are no tiles'],
    ['no columns', [{ image }], { columns: 0 }, 'columns is 0'],
    ['half a column', [{ image }], { columns: 1.5 }, 'columns is 1.5'],
    ['tiles of no size', [{ image }], { tileSize: 0 }, 'tileSize is 0'],
    ['too few headings', [{ image }], { headings: ['image'] }, '1 headings for 2 columns'],
    ['a map without a range', [{ image, map }], {}, 'there is no range'],
    ['a mask of another size', [{ image, mask: new Uint8Array(5) }], {}, 'mask has 5 values; expected 16384'],
    [
      'a map of another size',
      [{ image, map: map.subarray(1) }],
      { range: { low: 0, high: 1 } },
      'map has 16383',
    ],
    ['a threshold that is none', [{ image }], { threshold: Number.NaN }, 'threshold is NaN'],
  ])('refuses %s', async (_, tiles, options, message) => {
    await expect(rendered(tiles, options)).rejects.toMatchObject({
      name: 'AdError',
      message: expect.stringContaining(message),
    });
  });
});
