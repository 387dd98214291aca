import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { auroc } from './auroc.js';
import { partialAuroc } from './partial_auroc.js';
import { scored, valueIn } from './testing/arbitraries.js';
import { rankings } from './testing/golden.js';

describe('partialAuroc', () => {
  it.each(rankings.cases)("equals scikit-learn's max_fpr: $name", ({ scores, labels, partial }) => {
    for (const [limit, expected] of Object.entries(partial)) {
      const { standardized } = valueIn(partialAuroc(scores, labels, Number(limit)));
      expect(standardized).toBeCloseTo(expected, 13);
    }
  });

  it('is the AUROC at limit 1, and its area grows with the limit', () => {
    fc.assert(
      fc.property(scored, fc.double({ min: 0.01, max: 1, noNaN: true }), ({ scores, labels }, limit) => {
        const full = valueIn(partialAuroc(scores, labels, 1));
        expect(full.area).toBeCloseTo(valueIn(auroc(scores, labels)), 12);
        expect(valueIn(partialAuroc(scores, labels, limit)).area).toBeLessThanOrEqual(full.area + 1e-12);
      }),
    );
  });

  it('interpolates at a limit inside a step', () => {
    // Everything tied: the curve is the diagonal.
    const { area, normalized, standardized } = valueIn(partialAuroc([1, 1, 1], [0, 1, 0], 0.2));
    expect(area).toBeCloseTo(0.02, 15);
    expect(normalized).toBeCloseTo(0.1, 15);
    expect(standardized).toBeCloseTo(0.5, 15);
  });

  it.each([0, -0.1, 1.01, Number.NaN])('refuses the limit %s', (limit) => {
    expect(() => partialAuroc([1, 2], [0, 1], limit)).toThrow(expect.objectContaining({ code: 'E_RANGE' }));
  });

  it('does not exist for one class', () => {
    expect(partialAuroc([1, 2], [0, 0], 0.3).defined).toBe(false);
  });
});
