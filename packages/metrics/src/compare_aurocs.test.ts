import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { auroc } from './auroc.js';
import { compareAurocs } from './compare_aurocs.js';
import { scored, valueIn } from './testing/arbitraries.js';
import { rankings } from './testing/golden.js';

describe('compareAurocs', () => {
  it.each(rankings.delong)(
    "equals DeLong's definition over all pairs",
    ({ first, second, labels, expected }) => {
      const result = valueIn(compareAurocs(first, second, labels));
      expect(result.first).toBeCloseTo(expected.first, 13);
      expect(result.second).toBeCloseTo(expected.second, 13);
      expect(result.difference).toBeCloseTo(expected.first - expected.second, 13);
      expect(result.z).toBeCloseTo(expected.z, 10);
      expect(result.pValue).toBeCloseTo(expected.pValue, 12);
      expect(result.interval.low).toBeCloseTo(expected.low, 12);
      expect(result.interval.high).toBeCloseTo(expected.high, 12);
    },
  );

  it('changes its sign when the models change places', () => {
    const { first, second, labels } = rankings.delong[0]!;
    const one = valueIn(compareAurocs(first, second, labels));
    const other = valueIn(compareAurocs(second, first, labels));
    expect(other.z).toBeCloseTo(-one.z, 12);
    expect(other.pValue).toBeCloseTo(one.pValue, 12);
    expect(other.interval.low).toBeCloseTo(-one.interval.high, 12);
  });

  it('finds no difference between a model and any monotone transform of it', () => {
    fc.assert(
      fc.property(scored, ({ scores, labels }) => {
        const ranks = [...new Set(scores.map((score) => score + 0))].sort((a, b) => a - b);
        const transformed = scores.map((score) => 3 * ranks.indexOf(score + 0) - 7);
        const result = compareAurocs(scores, transformed, labels);
        if (!result.defined) return;
        const area = valueIn(auroc(scores, labels));
        expect(result.value).toMatchObject({ first: area, second: area, difference: 0, z: 0, pValue: 1 });
      }),
    );
  });

  it('does not call a difference without spread certain', () => {
    const result = compareAurocs([1, 2, 3, 4], [4, 3, 2, 1], [0, 0, 1, 1]);
    expect(result.defined ? '' : result.reason).toContain('standard error is 0');
  });

  it('says what is missing', () => {
    expect(compareAurocs([1, 2], [1, 2], [1, 1]).defined).toBe(false);
    expect(compareAurocs([1, 2, 3], [1, 2, 3], [1, 0, 0]).defined).toBe(false);
  });

  it('refuses models that scored different numbers of samples, and levels that are none', () => {
    expect(() => compareAurocs([1, 2], [1], [0, 1])).toThrow(expect.objectContaining({ code: 'E_LENGTH' }));
    expect(() => compareAurocs([1], [1], [0], 1)).toThrow(expect.objectContaining({ code: 'E_RANGE' }));
  });
});
