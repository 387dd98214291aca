import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { auroc } from './auroc.js';
import { scored, valueIn } from './testing/arbitraries.js';
import { rankings } from './testing/golden.js';

/** The definition: wins over all pairs, ties counting half. */
function bruteForce(scores: readonly number[], labels: readonly number[]): number {
  let wins = 0;
  let pairs = 0;
  scores.forEach((positive, p) => {
    scores.forEach((negative, n) => {
      if (labels[p] !== 1 || labels[n] !== 0) return;
      pairs++;
      wins += positive > negative ? 1 : positive === negative ? 0.5 : 0;
    });
  });
  return wins / pairs;
}

describe('auroc', () => {
  it.each(rankings.cases)('equals scikit-learn: $name', ({ scores, labels, auroc: expected }) => {
    expect(valueIn(auroc(scores, labels))).toBeCloseTo(expected, 14);
  });

  it('equals the count of all pairs exactly', () => {
    fc.assert(
      fc.property(scored, ({ scores, labels }) => {
        expect(valueIn(auroc(scores, labels))).toBe(bruteForce(scores, labels));
      }),
    );
  });

  it('does not change under a monotone transform of the scores', () => {
    fc.assert(
      fc.property(scored, ({ scores, labels }) => {
        const ranks = [...new Set(scores.map((score) => score + 0))].sort((a, b) => a - b);
        const transformed = scores.map((score) => Math.exp(ranks.indexOf(score + 0)) - 5);
        expect(auroc(transformed, labels)).toEqual(auroc(scores, labels));
      }),
    );
  });

  it('becomes 1 - AUROC when the labels are swapped', () => {
    fc.assert(
      fc.property(scored, ({ scores, labels }) => {
        const swapped = labels.map((label) => 1 - label);
        expect(valueIn(auroc(scores, swapped))).toBeCloseTo(1 - valueIn(auroc(scores, labels)), 14);
      }),
    );
  });

  it('does not change when the set is doubled', () => {
    fc.assert(
      fc.property(scored, ({ scores, labels }) => {
        expect(auroc([...scores, ...scores], [...labels, ...labels])).toEqual(auroc(scores, labels));
      }),
    );
  });

  it('takes booleans and typed arrays', () => {
    const expected = { defined: true, value: 0.75 };
    expect(auroc(Float32Array.of(1, 4, 3, 8), Uint8Array.of(0, 0, 1, 1))).toEqual(expected);
    expect(auroc([1, 4, 3, 8], [false, false, true, true])).toEqual(expected);
  });

  it('says which class is missing instead of giving a number', () => {
    expect(auroc([1, 2], [1, 1])).toEqual({ defined: false, reason: 'there are no good samples' });
    expect(auroc([1, 2], [0, 0])).toEqual({ defined: false, reason: 'there are no defective samples' });
  });
});
