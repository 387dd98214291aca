import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aupimo, PimoMetrics } from './aupimo.js';
import { maps, valueIn } from './testing/arbitraries.js';
import { overlaps } from './testing/golden.js';

function golden({ maps, masks, width, height }: (typeof overlaps.sets)[number]) {
  return maps.map((map, i) => ({
    map: Float32Array.from(map),
    mask: Uint8Array.from(masks[i]!),
    width,
    height,
  }));
}

describe('aupimo', () => {
  it.each(overlaps.sets)('equals the integral of its definition, image by image', (set) => {
    const { low, high, expected } = set.aupimo;
    const { mean, perImage } = valueIn(aupimo(golden(set), low, high));
    expect(perImage).toHaveLength(expected.length);
    perImage.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 13);
    });
    expect(mean).toBeCloseTo(expected.reduce((a, b) => a + b) / expected.length, 13);
  });

  it('is 1 where no defective pixel scores below a good one, and 0 where none scores above', () => {
    const good = { map: Float32Array.from({ length: 100 }, (_, i) => i), mask: null, width: 10, height: 10 };
    const defective = (score: number) => ({
      map: new Float32Array(100).fill(score),
      mask: new Uint8Array(100).fill(1, 0, 30),
      width: 10,
      height: 10,
    });
    const { perImage } = valueIn(aupimo([good, defective(1000), defective(0)], 0.01, 0.5));
    expect([...perImage]).toEqual([1, 0]);
  });

  it('weighs good images alike, whatever their size', () => {
    // The lone pixel of the small image is half of the rate: above 0.25 of the range nothing scores lower.
    const images = [
      { map: Float32Array.of(5, 5, 5, 5, 5, 5, 5, 5), mask: null, width: 4, height: 2 },
      { map: Float32Array.of(9), mask: null, width: 1, height: 1 },
      { map: Float32Array.of(7), mask: Uint8Array.of(1), width: 1, height: 1 },
    ];
    // Rates: 0 above 9, 0.5 at 9, 1 at 5. Found for rates from 0.5 on.
    const share = Math.log(1 / 0.5) / Math.log(1 / 0.25);
    expect(valueIn(aupimo(images, 0.25, 1)).mean).toBeCloseTo(share, 14);
  });

  it('does not change under a monotone transform of the scores', () => {
    fc.assert(
      fc.property(maps, (images) => {
        const transformed = images.map((image) => ({
          ...image,
          map: image.map.map((score) => Math.exp(score) - 7),
        }));
        expect(aupimo(transformed, 0.1, 0.9)).toEqual(aupimo(images, 0.1, 0.9));
      }),
    );
  });

  it('counts an image with an empty mask as good', () => {
    const [set] = overlaps.sets;
    const images = golden(set!);
    const withNull = images.map((image) => (image.mask.includes(1) ? image : { ...image, mask: null }));
    expect(aupimo(withNull, 0.01, 0.2)).toEqual(aupimo(images, 0.01, 0.2));
  });

  it('says what is missing', () => {
    const good = { map: Float32Array.of(1, 2), mask: null, width: 2, height: 1 };
    const defective = { map: Float32Array.of(1, 2), mask: Uint8Array.of(0, 1), width: 2, height: 1 };
    expect(aupimo([good])).toEqual({ defined: false, reason: 'there are no defective images' });
    expect(aupimo([defective])).toEqual({ defined: false, reason: 'there are no good images' });
    const coarse = aupimo([good, defective]);
    expect(coarse.defined ? '' : coarse.reason).toContain('too few pixels');
  });

  it('refuses no images and ranges that are none', () => {
    expect(() => aupimo([])).toThrow(expect.objectContaining({ code: 'E_EMPTY' }));
    for (const [low, high] of [
      [0, 0.1],
      [0.2, 0.1],
      [0.1, 1.1],
      [Number.NaN, 0.1],
    ]) {
      expect(() => new PimoMetrics().aupimo(low, high)).toThrow(expect.objectContaining({ code: 'E_RANGE' }));
    }
  });
});
