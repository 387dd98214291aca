import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { auroc } from './auroc.js';
import { auprTrapezoid } from './average_precision.js';
import { confusionAt, falsePositiveRate, truePositiveRate } from './confusion.js';
import { prCurve, rocCurve } from './curves.js';
import { scored, valueIn } from './testing/arbitraries.js';
import { rankings } from './testing/golden.js';

function trapezoids(x: Float64Array, y: Float64Array): number {
  let area = 0;
  for (let i = 1; i < x.length; i++) area += ((x[i]! - x[i - 1]!) * (y[i]! + y[i - 1]!)) / 2;
  return area;
}

describe('rocCurve', () => {
  it.each(rankings.cases)('equals scikit-learn point for point: $name', ({ scores, labels, roc }) => {
    const curve = valueIn(rocCurve(scores, labels));
    expect([...curve.thresholds]).toEqual([
      Number.POSITIVE_INFINITY,
      ...roc.thresholds.map((threshold) => threshold + 0),
    ]);
    expect([...curve.fpr]).toEqual(roc.fpr);
    expect([...curve.tpr]).toEqual(roc.tpr);
  });

  it('has the area that auroc gives, and points that its thresholds attain', () => {
    fc.assert(
      fc.property(scored, ({ scores, labels }) => {
        const { fpr, tpr, thresholds } = valueIn(rocCurve(scores, labels));
        expect(trapezoids(fpr, tpr)).toBeCloseTo(valueIn(auroc(scores, labels)), 12);
        thresholds.forEach((threshold, i) => {
          const counts = confusionAt(scores, labels, threshold);
          expect(valueIn(falsePositiveRate(counts))).toBe(fpr[i]);
          expect(valueIn(truePositiveRate(counts))).toBe(tpr[i]);
        });
      }),
    );
  });

  it('does not exist for one class', () => {
    expect(rocCurve([1, 2], [0, 0]).defined).toBe(false);
    expect(rocCurve([1, 2], [1, 1]).defined).toBe(false);
  });
});

describe('prCurve', () => {
  it.each(rankings.cases)('equals scikit-learn point for point: $name', ({ scores, labels, pr }) => {
    const curve = valueIn(prCurve(scores, labels));
    expect([...curve.precision]).toEqual(pr.precision);
    expect([...curve.recall]).toEqual(pr.recall);
    expect(curve.thresholds[0]).toBe(Number.POSITIVE_INFINITY);
  });

  it('has the area that auprTrapezoid gives', () => {
    fc.assert(
      fc.property(scored, ({ scores, labels }) => {
        const { recall, precision } = valueIn(prCurve(scores, labels));
        expect(trapezoids(recall, precision)).toBeCloseTo(valueIn(auprTrapezoid(scores, labels)), 12);
      }),
    );
  });

  it('exists without good samples, but not without defective ones', () => {
    expect(valueIn(prCurve([2, 1], [1, 1])).precision).toEqual(Float64Array.of(1, 1, 1));
    expect(prCurve([2, 1], [0, 0])).toEqual({ defined: false, reason: 'there are no defective samples' });
  });
});
