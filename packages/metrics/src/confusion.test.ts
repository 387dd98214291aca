import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  accuracy,
  balancedAccuracy,
  confusionAt,
  dice,
  falsePositiveRate,
  iou,
  truePositiveRate,
} from './confusion.js';
import { scored, valueIn } from './testing/arbitraries.js';
import { rankings } from './testing/golden.js';

describe('counts at a threshold', () => {
  it.each(rankings.cases)(
    'and what follows from them equal scikit-learn: $name',
    ({ scores, labels, at }) => {
      const counts = confusionAt(scores, labels, at.threshold);
      const { truePositives, falsePositives, trueNegatives, falseNegatives } = counts;
      expect([truePositives, falsePositives, trueNegatives, falseNegatives]).toEqual(at.counts);
      expect(accuracy(counts)).toBe(at.accuracy);
      expect(valueIn(balancedAccuracy(counts))).toBeCloseTo(at.balancedAccuracy, 15);
      expect(valueIn(iou(counts))).toBeCloseTo(at.iou, 15);
      expect(valueIn(dice(counts))).toBeCloseTo(at.dice, 15);
    },
  );

  it('call a score that equals the threshold defective', () => {
    expect(confusionAt([2, 2], [0, 1], 2)).toEqual({
      truePositives: 1,
      falsePositives: 1,
      trueNegatives: 0,
      falseNegatives: 0,
    });
  });

  it('turn around when the classes are swapped', () => {
    fc.assert(
      fc.property(scored, fc.double({ noNaN: true }), ({ scores, labels }, threshold) => {
        const swapped = labels.map((label) => 1 - label);
        const { truePositives, falsePositives } = confusionAt(scores, labels, threshold);
        const other = confusionAt(scores, swapped, threshold);
        expect([other.falsePositives, other.truePositives]).toEqual([truePositives, falsePositives]);
      }),
    );
  });

  it('refuse a threshold that is NaN, but take Infinity', () => {
    expect(() => confusionAt([1], [1], Number.NaN)).toThrow(expect.objectContaining({ code: 'E_RANGE' }));
    expect(confusionAt([1], [1], Number.POSITIVE_INFINITY).falseNegatives).toBe(1);
  });

  it('refuse what is wrong with scores and labels', () => {
    expect(() => confusionAt([1], [], 0)).toThrow(expect.objectContaining({ code: 'E_LENGTH' }));
    expect(() => confusionAt([], [], 0)).toThrow(expect.objectContaining({ code: 'E_EMPTY' }));
    expect(() => confusionAt([Number.NaN], [1], 0)).toThrow(
      expect.objectContaining({ code: 'E_NOT_FINITE' }),
    );
    expect(() => confusionAt([1], [2], 0)).toThrow(expect.objectContaining({ code: 'E_LABEL' }));
  });
});

describe('rates without a denominator', () => {
  const onlyGood = confusionAt([1, 2], [0, 0], 5);
  const onlyDefective = confusionAt([1, 2], [1, 1], 5);

  it('have a reason instead of a number', () => {
    expect(truePositiveRate(onlyGood)).toEqual({ defined: false, reason: 'there are no defective samples' });
    expect(falsePositiveRate(onlyDefective)).toEqual({ defined: false, reason: 'there are no good samples' });
    expect(balancedAccuracy(onlyGood)).toEqual(truePositiveRate(onlyGood));
    expect(balancedAccuracy(onlyDefective)).toEqual(falsePositiveRate(onlyDefective));
    expect(iou(onlyGood).defined).toBe(false);
    expect(dice(onlyGood).defined).toBe(false);
  });

  it('are 0 where only the numerator is', () => {
    expect(iou(onlyDefective)).toEqual({ defined: true, value: 0 });
    expect(dice(onlyDefective)).toEqual({ defined: true, value: 0 });
  });
});
