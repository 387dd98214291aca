import { findComponents } from '@ad/core-native';
import { describe, expect, it } from 'vitest';
import { decodeImage, type RgbImage } from '../image/index.js';
import { SeededRandom } from '../random.js';
import { inferno } from './colormap.js';
import { heatOpacity } from './heat.js';
import { type OverlayOptions, renderOverlay } from './render_overlay.js';

const SIDE = 480;
/** Where the picture of an image of SIDE x SIDE stands, which is shown at its own size. */
const [LEFT, TOP] = [16, 84];
const CYAN = [0x2e, 0xe6, 0xff];

const flat = (width: number, height: number, colour: number[]): RgbImage => ({
  data: Uint8Array.from({ length: 3 * width * height }, (_, i) => colour[i % 3]!),
  width,
  height,
});
const noisy = (): RgbImage => {
  const random = new SeededRandom(1);
  const data = Uint8Array.from({ length: 3 * SIDE * SIDE }, () => random.below(256));
  return { data, width: SIDE, height: SIDE };
};
const cold = (): Float32Array => new Float32Array(SIDE * SIDE);
const filled = (map: Float32Array, x0: number, y0: number, x1: number, y1: number, value: number) => {
  for (let y = y0; y < y1; y++) map.fill(value, y * SIDE + x0, y * SIDE + x1);
};

/** Renders what is given over a cold map without a verdict, and reads pixels back. */
async function rendered(options: Partial<OverlayOptions> = {}) {
  const image = options.image ?? flat(SIDE, SIDE, [100, 100, 100]);
  const png = await renderOverlay({
    image,
    map: new Float32Array(image.width * image.height),
    regions: [],
    score: 1,
    threshold: null,
    anomalous: null,
    range: { low: 1, high: 3 },
    ...options,
  });
  const { data, width, height } = await decodeImage(png);
  const canvasPixel = (x: number, y: number) => [
    ...data.subarray(3 * (y * width + x), 3 * (y * width + x) + 3),
  ];
  return { width, height, canvasPixel, pixel: (x: number, y: number) => canvasPixel(LEFT + x, TOP + y) };
}

describe('the picture', () => {
  it('is the image, bit for bit, where the map is cold', async () => {
    const image = noisy();
    const { pixel } = await rendered({ image, map: cold().fill(1) });
    const differing = Array.from({ length: SIDE * SIDE }, (_, i) => i).filter((i) =>
      pixel(i % SIDE, Math.floor(i / SIDE)).some((value, c) => value !== image.data[3 * i + c]),
    );
    expect(differing).toEqual([]);
  });

  it('shows heat where the map is hot, and only there', async () => {
    const map = cold();
    filled(map, 100, 50, 140, 90, 2);
    filled(map, 300, 50, 340, 90, 99);
    const { pixel } = await rendered({ map });
    const mixed = (share: number) =>
      inferno(share).map((c) => Math.round(100 + (c - 100) * heatOpacity(share)));
    pixel(120, 70).forEach((value, c) => {
      expect(Math.abs(value - mixed(0.5)[c]!)).toBeLessThanOrEqual(1);
    });
    expect(pixel(320, 70)).toEqual(mixed(1));
    expect(pixel(99, 70)).toEqual([100, 100, 100]);
    expect(pixel(340, 70)).toEqual([100, 100, 100]);
  });

  it.each([
    ['black', 0],
    ['white', 255],
  ])("follows a region's own border on %s, not its box", async (_, ground) => {
    // An L: its box reaches from (100, 100) to (200, 200), its inner corner lies at (150, 150).
    const map = cold();
    filled(map, 100, 100, 150, 200, 2);
    filled(map, 100, 150, 200, 200, 2);
    const regions = await findComponents({ data: map, rows: SIDE, cols: SIDE }, 2);
    const image = flat(SIDE, SIDE, [ground, ground, ground]);
    const { pixel } = await rendered({ image, map, regions, range: { low: 2, high: 4 } });
    const onEdge = [
      [100, 120],
      [150, 120],
      [120, 100],
      [180, 150],
      [200, 180],
      [120, 200],
    ] as const;
    for (const [x, y] of onEdge) {
      const line = x % 50 === 0 ? [pixel(x - 1, y), pixel(x, y)] : [pixel(x, y - 1), pixel(x, y)];
      expect(line, `${x},${y}`).toEqual([CYAN, CYAN]);
    }
    // The casing: dark on both sides of the line.
    expect(Math.max(...pixel(98, 120), ...pixel(101, 120))).toBeLessThan(10);
    // Inside, and in the part of the box that is not the region's, nothing is drawn.
    for (const [x, y] of [
      [125, 175],
      [175, 125],
      [199, 101],
      [200, 100],
    ] as const) {
      expect(pixel(x, y), `${x},${y}`).toEqual([ground, ground, ground]);
    }
  });

  it('greys and hatches what was not inspected', async () => {
    const map = cold().fill(Number.NaN);
    filled(map, 40, 40, 440, 440, 0);
    const { pixel } = await rendered({ image: flat(SIDE, SIDE, [250, 20, 20]), map });
    const levels = new Set<number>();
    for (let x = 0; x < 40; x++) {
      const [r, g, b] = pixel(x, 200);
      expect([g, b]).toEqual([r, r]);
      levels.add(r!);
    }
    expect(levels.size).toBe(2);
    expect(pixel(40, 200)).toEqual([250, 20, 20]);
  });

  it('of a small image is enlarged by a whole factor', async () => {
    const image = flat(64, 64, [10, 20, 30]);
    image.data.set([200, 210, 220], 3 * (5 * 64 + 9));
    const { pixel, width } = await rendered({ image });
    expect(width).toBeGreaterThan(512);
    expect(pixel(72, 40)).toEqual([200, 210, 220]);
    expect(pixel(79, 47)).toEqual([200, 210, 220]);
    for (const [x, y] of [
      [71, 40],
      [80, 47],
      [72, 39],
      [79, 48],
    ] as const) {
      expect(pixel(x, y)).toEqual([10, 20, 30]);
    }
  });

  it('of a large image is reduced, and a single hot pixel stays on it', async () => {
    const image = flat(3201, 700, [100, 100, 100]);
    const map = new Float32Array(3201 * 700);
    map[333 * 3201 + 2001] = 9;
    const { width, height, canvasPixel } = await rendered({ image, map });
    expect(width).toBeLessThan(1900);
    const hot = inferno(1).map((c) => Math.round(100 + (c - 100) * heatOpacity(1)));
    let found = 0;
    // The colour bar, at the right, has this colour too.
    for (let y = 140; y < height - 90; y++) {
      for (let x = 0; x < 1632; x++) found += Number(canvasPixel(x, y).every((value, c) => value === hot[c]));
    }
    expect(found).toBe(1);
  });

  it('of a constant map with a range of one value is the image', async () => {
    const { pixel } = await rendered({ map: cold().fill(2.5), range: { low: 2.5, high: 2.5 } });
    for (let x = 0; x < SIDE; x += 7) expect(pixel(x, x)).toEqual([100, 100, 100]);
  });
});

describe('the strip', () => {
  const strip = async (anomalous: boolean | null) => {
    const { canvasPixel, width } = await rendered({ anomalous, threshold: anomalous === null ? null : 1 });
    return Array.from({ length: 68 }, (_, y) => Array.from({ length: width }, (_, x) => canvasPixel(x, y)));
  };

  it('is red for a defect, green for a good part, grey without a verdict', async () => {
    const corner = async (anomalous: boolean | null) => (await strip(anomalous))[0]![0]!;
    const [red, green, neutral] = await Promise.all([true, false, null].map(corner));
    expect(red![0]).toBeGreaterThan(3 * Math.max(red![1]!, red![2]!));
    expect(green![1]).toBeGreaterThan(1.5 * Math.max(green![0]!, green![2]!));
    expect(Math.max(...neutral!) - Math.min(...neutral!)).toBeLessThan(40);
  });

  it.each([
    ['sign', 0, 60],
    ['word', 60, 300],
  ])('has another %s for each verdict, to be read without colour', async (_, left, right) => {
    const ink = async (anomalous: boolean | null) =>
      (await strip(anomalous)).map((row) =>
        row
          .slice(left, right)
          .map((pixel) => (Math.min(...pixel) > 200 ? '#' : '.'))
          .join(''),
      );
    const drawings = (await Promise.all([true, false, null].map(ink))).map((rows) => rows.join('\n'));
    expect(new Set(drawings).size).toBe(3);
    for (const drawing of drawings) expect(drawing).toContain('###');
  });
});

describe('the colour bar', () => {
  /** Rows of the arrow that points to the bar, in the gap between it and the picture. */
  async function markedRows(options: Partial<OverlayOptions>) {
    const { canvasPixel } = await rendered(options);
    return Array.from({ length: SIDE }, (_, y) => y).filter(
      (y) => Math.min(...canvasPixel(511, TOP + y)) > 200,
    );
  }
  const middleOf = (rows: number[]) => (rows[0]! + rows.at(-1)!) / 2;

  it('marks the threshold of map values, higher for a higher one, also past the ends', async () => {
    const range = { low: 0, high: 4 };
    const rows = await Promise.all(
      [-9, 1, 2, 3, 99].map((pixelThreshold) => markedRows({ range, threshold: 2, pixelThreshold })),
    );
    const [below, one, two, three, above] = rows.map(middleOf) as [number, number, number, number, number];
    // Lower on the bar is further down: three above two above one, in even steps.
    expect(one - two).toBeGreaterThan(80);
    expect(Math.abs(one - two - (two - three))).toBeLessThanOrEqual(1);
    expect(below).toBeGreaterThan(one);
    expect(above).toBeLessThan(three);
    expect(Math.abs(two - (below + above) / 2)).toBeLessThanOrEqual(1);
    const byDefault = await markedRows({ range, threshold: 2 });
    expect(middleOf(byDefault)).toBe(two);
  });

  it('has no mark without a threshold', async () => {
    expect(await markedRows({ threshold: null })).toEqual([]);
  });
});

describe('renderOverlay', () => {
  it('gives the same bytes again, and leaves its inputs alone', async () => {
    const map = cold().fill(2.5);
    const options = {
      image: noisy(),
      map,
      regions: await findComponents({ data: map, rows: SIDE, cols: SIDE }, 2),
      score: 2.5,
      threshold: 2,
      anomalous: true,
      range: { low: 1, high: 3 },
    };
    const first = await renderOverlay(options);
    expect((await renderOverlay(options)).equals(first)).toBe(true);
    expect(Buffer.compare(options.image.data, noisy().data)).toBe(0);
    expect(map.every((value) => value === 2.5)).toBe(true);
  });

  const region = { left: 0, top: 0, width: 1, height: 1, area: 1, peak: 9, peakX: 0, peakY: 0 };
  it.each<[string, Partial<OverlayOptions>, string, string]>([
    ['a map', { map: new Float32Array(99) }, 'E_SHAPE', 'map has 99 values; expected 230400'],
    [
      'image',
      { image: { ...flat(9, 9, [0]), width: 10 } },
      'E_SHAPE',
      'image.data has 243 values; expected 270',
    ],
    ['an image', { image: flat(0, 0, [0]) }, 'E_SHAPE', 'image.data has 0 values'],
    ['a range', { range: { low: 2, high: 1 } }, 'E_ARGUMENT', 'range runs from 2 to 1'],
    [
      'range',
      { range: { low: 2, high: Number.POSITIVE_INFINITY } },
      'E_NOT_FINITE',
      'range.high is Infinity',
    ],
    ['a score', { score: Number.NaN }, 'E_NOT_FINITE', 'score is NaN'],
    ['a region', { regions: [{ ...region, area: 2 }] }, 'E_ARGUMENT', 'no region of 2 pixels'],
  ])('refuses %s that does not fit, naming it', async (_, wrong, code, message) => {
    await expect(rendered(wrong)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });
});
