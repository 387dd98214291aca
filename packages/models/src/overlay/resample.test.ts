import { describe, expect, it } from 'vitest';
import { resampleImage, resampleMap } from './resample.js';

describe('resampleImage', () => {
  const image = { data: Uint8Array.from({ length: 18 }, (_, i) => 14 * i), width: 3, height: 2 };

  it('enlarges every pixel to a square of its colour', async () => {
    const { data, width, height } = await resampleImage(image, { width: 15, height: 10 });
    expect([width, height]).toEqual([15, 10]);
    for (let y = 0; y < 10; y++) {
      for (let x = 0; x < 15; x++) {
        const from = 3 * (Math.floor(y / 5) * 3 + Math.floor(x / 5));
        const pixel = [...data.subarray(3 * (y * 15 + x), 3 * (y * 15 + x) + 3)];
        expect(pixel).toEqual([...image.data.subarray(from, from + 3)]);
      }
    }
  });

  it('gives a copy at the same size, since it is painted on', async () => {
    const same = await resampleImage(image, image);
    expect([...same.data]).toEqual([...image.data]);
    same.data.fill(1);
    expect(image.data[5]).toBe(70);
  });
});

describe('resampleMap', () => {
  it('keeps the hottest pixel of a reduced map, wherever it is', () => {
    for (let hot = 0; hot < 35; hot++) {
      const map = new Float32Array(35);
      map[hot] = 9;
      expect(Math.max(...resampleMap(map, { width: 7, height: 5 }, { width: 3, height: 2 }))).toBe(9);
    }
  });

  it('is NaN only where all that a pixel covers is', () => {
    const nan = Number.NaN;
    const map = Float32Array.of(nan, nan, nan, -5, nan, nan, 2, 1);
    const from = { width: 4, height: 2 };
    expect([...resampleMap(map, from, { width: 2, height: 1 })]).toEqual([nan, 2]);
    expect([
      ...resampleMap(Float32Array.of(nan, -5), { width: 2, height: 1 }, { width: 1, height: 1 }),
    ]).toEqual([-5]);
  });

  it('repeats values by a whole factor', () => {
    const map = Float32Array.of(1, 2, Number.NaN);
    const larger = resampleMap(map, { width: 3, height: 1 }, { width: 6, height: 2 });
    expect([...larger]).toEqual([1, 1, 2, 2, Number.NaN, Number.NaN, 1, 1, 2, 2, Number.NaN, Number.NaN]);
  });
});
