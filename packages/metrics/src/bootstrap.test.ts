import { describe, expect, it } from 'vitest';
import { auroc } from './auroc.js';
import { averagePrecision } from './average_precision.js';
import { bootstrapInterval } from './bootstrap.js';
import { aurocInterval } from './delong.js';
import { defined, undefinedBecause } from './result.js';
import { valueIn } from './testing/arbitraries.js';
import { rankings } from './testing/golden.js';

const { first: scores, labels } = rankings.delong[0]!;

describe('bootstrapInterval', () => {
  it('gives the same interval for a seed, and another for another', () => {
    const once = bootstrapInterval(scores, labels, averagePrecision, { seed: 3, resamples: 200 });
    expect(bootstrapInterval(scores, labels, averagePrecision, { seed: 3, resamples: 200 })).toEqual(once);
    expect(bootstrapInterval(scores, labels, averagePrecision, { seed: 4, resamples: 200 })).not.toEqual(
      once,
    );
    expect(valueIn(once)).toMatchObject({ level: 0.95, method: 'bootstrap' });
  });

  it("agrees with DeLong's interval for AUROC", () => {
    const { low, high } = valueIn(bootstrapInterval(scores, labels, auroc, { seed: 0 }));
    const delong = valueIn(aurocInterval(scores, labels));
    expect(Math.abs(low - delong.low)).toBeLessThan(0.03);
    expect(Math.abs(high - delong.high)).toBeLessThan(0.03);
  });

  it('equals the quantiles of a distribution that is known', () => {
    // The mean of two draws from 0 and 1 is 0, 1/2 or 1, with probabilities 1/4, 1/2 and 1/4.
    const mean = (drawn: Float64Array, of: Uint8Array) => {
      const positives = drawn.filter((_, i) => of[i] === 1);
      return defined(positives.reduce((a, b) => a + b) / positives.length);
    };
    const interval = (level: number) =>
      valueIn(bootstrapInterval([0, 1, 5], [1, 1, 0], mean, { seed: 1, level, resamples: 4000 }));
    expect(interval(0.95)).toMatchObject({ low: 0, high: 1 });
    expect(interval(0.4)).toMatchObject({ low: 0.5, high: 0.5 });
  });

  it('draws each class within itself, as often as it has samples', () => {
    bootstrapInterval(
      [1, 2, 30, 40, 50],
      [0, 0, 1, 1, 1],
      (drawn, of) => {
        expect([...of]).toEqual([0, 0, 1, 1, 1]);
        drawn.forEach((score, i) => {
          expect(score >= 30).toBe(of[i] === 1);
        });
        return defined(0);
      },
      { seed: 0, resamples: 50 },
    );
  });

  it('passes on why a metric has no value', () => {
    const reason = undefinedBecause('there are no defective samples');
    expect(bootstrapInterval([1, 2], [0, 0], averagePrecision, { seed: 0 })).toEqual(reason);
    let calls = 0;
    const later = () => (calls++ === 0 ? defined(1) : reason);
    expect(bootstrapInterval([1, 2], [0, 1], later, { seed: 0 })).toEqual(reason);
  });

  it.each([
    ['E_RANGE', { seed: 0.5 }],
    ['E_RANGE', { seed: -1 }],
    ['E_RANGE', { seed: 0, resamples: 0 }],
    ['E_RANGE', { seed: 0, level: 1 }],
  ])('refuses with %s: %o', (code, options) => {
    expect(() => bootstrapInterval([1, 2], [0, 1], auroc, options)).toThrow(
      expect.objectContaining({ code }),
    );
  });

  it('refuses what is wrong with scores and labels', () => {
    const run = (of: number[], by: number[]) => () => bootstrapInterval(of, by, auroc, { seed: 0 });
    expect(run([], [])).toThrow(expect.objectContaining({ code: 'E_EMPTY' }));
    expect(run([1, Number.NaN], [0, 1])).toThrow(expect.objectContaining({ code: 'E_NOT_FINITE' }));
    expect(run([1, 2], [0, 3])).toThrow(expect.objectContaining({ code: 'E_LABEL' }));
  });
});
