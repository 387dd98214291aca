import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BoundedErrorPixelMetrics } from './bounded_error.js';
import { confusionAt, dice } from './confusion.js';
import type { LabelledMap } from './labelled_map.js';
import { PixelMetrics } from './pixel_metrics.js';
import { maps, valueIn } from './testing/arbitraries.js';

function bothOf(images: readonly LabelledMap[]) {
  const exact = new PixelMetrics();
  const bounded = new BoundedErrorPixelMetrics();
  for (const { map, mask, width, height } of images) {
    exact.add(map, mask, width, height);
    bounded.add(map, mask, width, height);
  }
  return { exact, bounded };
}

/** Scores so close together that many distinct ones share a bin. */
const crowded = maps.map((images) =>
  images.map((image) => ({ ...image, map: image.map.map((score) => -1 + score * 2e-5) })),
);

// Each instance walks through 2^20 bins per number.
const FEW = { numRuns: 30 };

describe('BoundedErrorPixelMetrics', () => {
  it.each([
    ['coarse', maps],
    ['crowded', crowded],
  ])('keeps its promise: the exact value lies within the error (%s scores)', (_name, sets) => {
    fc.assert(
      fc.property(sets, (images) => {
        const { exact, bounded } = bothOf(images);
        const pairs = [
          [exact.auroc(), bounded.auroc()],
          [exact.aupro(0.3), bounded.aupro(0.3)],
          [exact.aupro(1), bounded.aupro(1)],
        ] as const;
        for (const [truth, result] of pairs) {
          expect(result.defined).toBe(truth.defined);
          if (!truth.defined || !result.defined) continue;
          expect(Math.abs(result.value.value - truth.value)).toBeLessThanOrEqual(result.value.error + 1e-12);
        }
        const [best, found] = [exact.f1Max(), bounded.f1Max()];
        expect(found.defined).toBe(best.defined);
        if (!best.defined || !found.defined) return;
        expect(found.value.f1).toBeLessThanOrEqual(best.value.f1);
        expect(best.value.f1).toBeLessThanOrEqual(found.value.f1 + found.value.error + 1e-15);
      }),
      FEW,
    );
  });

  it('states an error that is not 0 where scores share a bin, and 0 where none do', () => {
    const add = (scores: number[]) => {
      const { bounded } = bothOf([
        { map: Float32Array.from(scores), mask: Uint8Array.of(0, 1), width: 2, height: 1 },
      ]);
      return valueIn(bounded.auroc());
    };
    expect(add([1, 1.0001])).toEqual({ value: 0.5, error: 0.5 });
    expect(add([1, 1.001])).toEqual({ value: 1, error: 0 });
  });

  it('gives a threshold that attains its F1', () => {
    fc.assert(
      fc.property(crowded, (images) => {
        const found = bothOf(images).bounded.f1Max();
        if (!found.defined) return;
        const scores = images.flatMap(({ map }) => [...map]);
        const labels = images.flatMap(({ map, mask }) => [...(mask ?? new Uint8Array(map.length))]);
        expect(dice(confusionAt(scores, labels, found.value.threshold))).toEqual({
          defined: true,
          value: found.value.f1,
        });
      }),
      FEW,
    );
  });

  it('errs by little on scores that are spread', () => {
    const map = Float32Array.from({ length: 4096 }, (_, i) => Math.sin(i * 12.9898) * 43758.5453);
    const mask = Uint8Array.from(map, (score, i) => Number(score > 0 && i % 3 > 0));
    const { exact, bounded } = bothOf([{ map, mask, width: 64, height: 64 }]);
    const { value, error } = valueIn(bounded.auroc());
    expect(error).toBeLessThan(1e-3);
    expect(Math.abs(value - valueIn(exact.auroc()))).toBeLessThanOrEqual(error + 1e-12);
  });

  it('says what is missing', () => {
    const empty = new BoundedErrorPixelMetrics();
    expect(empty.auroc().defined).toBe(false);
    expect(empty.aupro().defined).toBe(false);
    expect(empty.f1Max().defined).toBe(false);
    empty.add(Float32Array.of(1), Uint8Array.of(1), 1, 1);
    expect(empty.auroc()).toEqual({ defined: false, reason: 'there are no good samples' });
    expect(empty.aupro()).toEqual({ defined: false, reason: 'there are no good pixels' });
  });

  it('refuses what the exact one refuses', () => {
    const metrics = new BoundedErrorPixelMetrics();
    expect(() => metrics.add(Float32Array.of(Number.NaN), null, 1, 1)).toThrow(
      expect.objectContaining({ code: 'E_NOT_FINITE' }),
    );
    expect(() => metrics.add(Float32Array.of(1), Uint8Array.of(3), 1, 1)).toThrow(
      expect.objectContaining({ code: 'E_LABEL' }),
    );
    expect(() => metrics.add(Float32Array.of(1), null, 2, 1)).toThrow(
      expect.objectContaining({ code: 'E_LENGTH' }),
    );
    expect(() => metrics.aupro(0)).toThrow(expect.objectContaining({ code: 'E_RANGE' }));
  });
});
