import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aupro } from './aupro.js';
import { auroc } from './auroc.js';
import { auprTrapezoid, averagePrecision } from './average_precision.js';
import { confusionAt, iou } from './confusion.js';
import { prCurve, rocCurve } from './curves.js';
import { f1Max } from './f1_max.js';
import { fprAtTpr, operatingPointAtRecall } from './operating_point.js';
import { partialAuroc } from './partial_auroc.js';
import { PixelMetrics } from './pixel_metrics.js';
import { maps, valueIn } from './testing/arbitraries.js';
import { overlaps } from './testing/golden.js';

function filled(
  images: readonly { map: Float32Array; mask: Uint8Array | null; width: number; height: number }[],
) {
  const pixels = new PixelMetrics();
  for (const { map, mask, width, height } of images) pixels.add(map, mask, width, height);
  return pixels;
}

function golden(set: (typeof overlaps.sets)[number]) {
  return filled(
    set.maps.map((map, i) => ({
      map: Float32Array.from(map),
      mask: Uint8Array.from(set.masks[i]!),
      width: set.width,
      height: set.height,
    })),
  );
}

describe('PixelMetrics', () => {
  it.each(overlaps.sets)('equals scikit-learn and the definitions over regions', (set) => {
    const pixels = golden(set);
    expect(valueIn(pixels.auroc())).toBeCloseTo(set.auroc, 13);
    expect(valueIn(pixels.averagePrecision())).toBeCloseTo(set.averagePrecision, 13);
    expect(valueIn(pixels.partialAuroc(0.3)).standardized).toBeCloseTo(set.partial, 13);
    expect(valueIn(iou(pixels.confusionAt(set.at.threshold)))).toBeCloseTo(set.at.iou, 14);
    expect(valueIn(pixels.proAt(set.at.threshold))).toBeCloseTo(set.at.pro, 14);
    expect(valueIn(pixels.regionHitRate(set.at.threshold))).toBeCloseTo(set.at.hit, 14);
    expect(valueIn(pixels.regionHitRate(set.at.threshold, 0.5))).toBeCloseTo(set.at.halfHit, 14);
  });

  it('gives for all pixels what the functions give for them as one array', () => {
    fc.assert(
      fc.property(maps, fc.integer({ min: -5, max: 5 }), (images, threshold) => {
        const pixels = filled(images);
        const scores = images.flatMap(({ map }) => [...map]);
        const labels = images.flatMap(({ map, mask }) => [...(mask ?? new Uint8Array(map.length))]);
        expect(pixels.auroc()).toEqual(auroc(scores, labels));
        expect(pixels.partialAuroc(0.2)).toEqual(partialAuroc(scores, labels, 0.2));
        expect(pixels.rocCurve()).toEqual(rocCurve(scores, labels));
        expect(pixels.prCurve()).toEqual(prCurve(scores, labels));
        expect(pixels.averagePrecision()).toEqual(averagePrecision(scores, labels));
        expect(pixels.auprTrapezoid()).toEqual(auprTrapezoid(scores, labels));
        expect(pixels.f1Max()).toEqual(f1Max(scores, labels));
        expect(pixels.fprAtTpr()).toEqual(fprAtTpr(scores, labels));
        expect(pixels.operatingPointAtRecall(0.7)).toEqual(operatingPointAtRecall(scores, labels, 0.7));
        expect(pixels.confusionAt(threshold)).toEqual(confusionAt(scores, labels, threshold));
        expect(pixels.aupro(0.4)).toEqual(aupro(images, 0.4));
      }),
    );
  });

  it('is asked between images and goes on counting', () => {
    const pixels = new PixelMetrics();
    pixels.add(Float32Array.of(1, 2), Uint8Array.of(0, 1), 2, 1);
    expect(pixels.auroc()).toEqual({ defined: true, value: 1 });
    pixels.add(Float32Array.of(5, 0), Uint8Array.of(0, 1), 2, 1);
    expect(pixels.auroc()).toEqual(auroc([1, 2, 5, 0], [0, 1, 0, 1]));
    expect(pixels.proAt(1)).toEqual({ defined: true, value: 0.5 });
  });

  it('keeps its own copy of a good map', () => {
    const pixels = new PixelMetrics();
    const map = Float32Array.of(1, 1);
    pixels.add(map, null, 2, 1);
    map.fill(9);
    pixels.add(Float32Array.of(5), Uint8Array.of(1), 1, 1);
    expect(pixels.auroc()).toEqual({ defined: true, value: 1 });
  });

  it('counts -0 and 0 as the same score', () => {
    const pixels = new PixelMetrics();
    pixels.add(Float32Array.of(-0, 0), Uint8Array.of(0, 1), 2, 1);
    expect(pixels.auroc()).toEqual({ defined: true, value: 0.5 });
  });

  it('says what is missing', () => {
    const pixels = filled([{ map: Float32Array.of(1), mask: null, width: 1, height: 1 }]);
    expect(pixels.auroc()).toEqual({ defined: false, reason: 'there are no defective samples' });
    expect(pixels.proAt(1)).toEqual({ defined: false, reason: 'no mask has a defective region' });
    expect(new PixelMetrics().auroc().defined).toBe(false);
  });

  it.each([
    ['E_LENGTH', () => new PixelMetrics().add(new Float32Array(3), null, 2, 2)],
    ['E_LENGTH', () => new PixelMetrics().add(new Float32Array(4), new Uint8Array(3), 2, 2)],
    ['E_NOT_FINITE', () => new PixelMetrics().add(Float32Array.of(0, Number.NaN), null, 2, 1)],
    ['E_LABEL', () => new PixelMetrics().add(new Float32Array(2), Uint8Array.of(0, 255), 2, 1)],
    ['E_RANGE', () => new PixelMetrics().proAt(Number.NaN)],
    ['E_RANGE', () => new PixelMetrics().regionHitRate(1, 0)],
    ['E_RANGE', () => new PixelMetrics().confusionAt(Number.NaN)],
  ])('refuses with %s', (code, call) => {
    expect(call).toThrow(expect.objectContaining({ code }));
  });

  it('names the pixel that is wrong', () => {
    const map = Float32Array.of(0, 0, Number.POSITIVE_INFINITY, 0);
    expect(() => new PixelMetrics().add(map, null, 2, 2)).toThrow('pixel 2');
    expect(() => new PixelMetrics().add(new Float32Array(4), Uint8Array.of(0, 7, 0, 0), 2, 2)).toThrow(
      'pixel 1 is 7',
    );
  });
});
