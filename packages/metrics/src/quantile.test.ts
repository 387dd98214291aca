import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quantileThreshold } from './quantile.js';
import { rankings } from './testing/golden.js';

describe('quantileThreshold', () => {
  it.each(rankings.quantiles.expected)('equals numpy at %d', (quantile, expected) => {
    expect(quantileThreshold(rankings.quantiles.values, quantile)).toBeCloseTo(expected, 14);
  });

  it('lies between the smallest and the largest score and does not fall', () => {
    const scores = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 });
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(scores, share, share, (good, a, b) => {
        const [low, high] = [
          quantileThreshold(good, Math.min(a, b)),
          quantileThreshold(good, Math.max(a, b)),
        ];
        const room = Math.max(...good.map(Math.abs)) * 1e-15;
        expect(low).toBeGreaterThanOrEqual(Math.min(...good) - room);
        expect(low).toBeLessThanOrEqual(high + room);
        expect(high).toBeLessThanOrEqual(Math.max(...good) + room);
      }),
    );
  });

  it('refuses what is not there, not finite, or no quantile', () => {
    expect(() => quantileThreshold([], 0.5)).toThrow(expect.objectContaining({ code: 'E_EMPTY' }));
    expect(() => quantileThreshold([Number.NaN], 0.5)).toThrow(
      expect.objectContaining({ code: 'E_NOT_FINITE' }),
    );
    for (const quantile of [-0.1, 1.1, Number.NaN]) {
      expect(() => quantileThreshold([1], quantile)).toThrow(expect.objectContaining({ code: 'E_RANGE' }));
    }
  });
});
