import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { confusionAt, dice } from './confusion.js';
import { f1Max } from './f1_max.js';
import { scored, valueIn } from './testing/arbitraries.js';
import { rankings } from './testing/golden.js';

describe('f1Max', () => {
  it.each(rankings.cases)(
    'equals the best of scikit-learn over all thresholds: $name',
    ({ scores, labels, ...golden }) => {
      const { f1, threshold } = valueIn(f1Max(scores, labels));
      expect(f1).toBeCloseTo(golden.f1Max.f1, 14);
      expect(threshold).toBe(golden.f1Max.threshold);
    },
  );

  it('is attained by its threshold, applied with >=, and by no other exceeded', () => {
    fc.assert(
      fc.property(scored, ({ scores, labels }) => {
        const { f1, threshold } = valueIn(f1Max(scores, labels));
        const f1At = (at: number) => valueIn(dice(confusionAt(scores, labels, at)));
        expect(f1At(threshold)).toBe(f1);
        for (const other of scores) expect(f1At(other)).toBeLessThanOrEqual(f1);
      }),
    );
  });

  it('takes the highest of equally good thresholds', () => {
    // 3 finds one of two without a false alarm (2/3), 1 finds both with two (2/3).
    expect(valueIn(f1Max([3, 2, 2, 1], [1, 0, 0, 1]))).toEqual({ f1: 2 / 3, threshold: 3 });
  });

  it('does not exist without defective samples', () => {
    expect(f1Max([1, 2], [0, 0])).toEqual({ defined: false, reason: 'there are no defective samples' });
  });
});
