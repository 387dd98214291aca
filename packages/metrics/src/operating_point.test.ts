import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { confusionAt, falsePositiveRate, truePositiveRate } from './confusion.js';
import { f1Max } from './f1_max.js';
import { fprAtTpr, operatingPointAtF1Max, operatingPointAtRecall } from './operating_point.js';
import { scored, valueIn } from './testing/arbitraries.js';
import { rankings } from './testing/golden.js';

const share = fc.double({ min: 0.001, max: 1, noNaN: true });

describe('operatingPointAtRecall', () => {
  it('is the highest threshold that reaches the recall, with the counts of that threshold', () => {
    fc.assert(
      fc.property(scored, share, ({ scores, labels }, recall) => {
        const { threshold, ...counts } = valueIn(operatingPointAtRecall(scores, labels, recall));
        expect(counts).toEqual(confusionAt(scores, labels, threshold));
        const recallAt = (at: number) => valueIn(truePositiveRate(confusionAt(scores, labels, at)));
        expect(recallAt(threshold)).toBeGreaterThanOrEqual(recall);
        for (const other of scores.filter((score) => score > threshold)) {
          expect(recallAt(other)).toBeLessThan(recall);
        }
      }),
    );
  });

  it('reaches a recall that is a ratio of counts with exactly so many', () => {
    const scores = Array.from({ length: 100 }, (_, i) => i);
    const labels = scores.map(() => 1);
    for (let found = 1; found <= 100; found++) {
      expect(valueIn(operatingPointAtRecall(scores, labels, found / 100)).truePositives).toBe(found);
    }
  });

  it('misses nothing by default', () => {
    const point = valueIn(operatingPointAtRecall([5, 1, 3, 2, 0], [1, 1, 0, 0, 0]));
    expect(point).toEqual({
      threshold: 1,
      truePositives: 2,
      falsePositives: 2,
      trueNegatives: 1,
      falseNegatives: 0,
    });
  });

  it.each([0, 1.5, Number.NaN])('refuses the recall %s', (recall) => {
    expect(() => operatingPointAtRecall([1], [1], recall)).toThrow(
      expect.objectContaining({ code: 'E_RANGE' }),
    );
  });

  it('does not exist without defective samples', () => {
    expect(operatingPointAtRecall([1], [0]).defined).toBe(false);
  });
});

describe('operatingPointAtF1Max', () => {
  it('has the counts of the F1-optimal threshold', () => {
    fc.assert(
      fc.property(scored, ({ scores, labels }) => {
        const { threshold } = valueIn(f1Max(scores, labels));
        const counts = confusionAt(scores, labels, threshold);
        expect(valueIn(operatingPointAtF1Max(scores, labels))).toEqual({ threshold, ...counts });
      }),
    );
  });

  it('does not exist without defective samples', () => {
    expect(operatingPointAtF1Max([1], [0]).defined).toBe(false);
  });
});

describe('fprAtTpr', () => {
  it.each(rankings.cases)(
    "equals the lowest of scikit-learn's curve: $name",
    ({ scores, labels, fprAt95, fprAt50 }) => {
      expect(valueIn(fprAtTpr(scores, labels))).toBe(fprAt95);
      expect(valueIn(fprAtTpr(scores, labels, 0.5))).toBe(fprAt50);
    },
  );

  it('is the rate at the operating point of that recall', () => {
    fc.assert(
      fc.property(scored, share, ({ scores, labels }, tpr) => {
        const { threshold } = valueIn(operatingPointAtRecall(scores, labels, tpr));
        const expected = valueIn(falsePositiveRate(confusionAt(scores, labels, threshold)));
        expect(valueIn(fprAtTpr(scores, labels, tpr))).toBe(expected);
      }),
    );
  });

  it('does not exist for one class', () => {
    expect(fprAtTpr([1], [0])).toEqual({ defined: false, reason: 'there are no defective samples' });
    expect(fprAtTpr([1], [1])).toEqual({ defined: false, reason: 'there are no good samples' });
  });
});
