import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalCumulative, normalInverse } from './normal_distribution.js';
import { rankings } from './testing/golden.js';

describe('the normal distribution', () => {
  it.each(rankings.normal)('has the cumulative probability that scipy gives at %d', (x, expected) => {
    // exp(-x^2 / 2) amplifies the rounding of its argument.
    expect(Math.abs(normalCumulative(x) / expected - 1)).toBeLessThan(1e-13 + x * x * 2 ** -52);
  });

  it.each(rankings.normalInverse)('has the quantile that scipy gives for %d', (p, expected) => {
    expect(normalInverse(p)).toBeCloseTo(expected, 12);
  });

  it('has quantiles that lead back to their probability', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-12, max: 1 - 1e-12, noNaN: true }), (p) => {
        expect(Math.abs(normalCumulative(normalInverse(p)) / p - 1)).toBeLessThan(1e-12);
      }),
    );
  });
});
