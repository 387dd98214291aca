import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calibrationNeeded, conformalAlarms, conformalPValues } from './conformal.js';
import { valueIn } from './testing/arbitraries.js';

const good = fc.array(
  fc.oneof(fc.integer({ min: 0, max: 4 }), fc.double({ noNaN: true, noDefaultInfinity: true })),
  {
    minLength: 1,
    maxLength: 20,
  },
);
const alpha = fc.double({ min: 0.01, max: 0.99, noNaN: true });

describe('conformalPValues', () => {
  it('count the calibration scores that are at least as high, and the sample itself', () => {
    expect([...conformalPValues([1, 2, 3], [0, 1, 2, 2.5, 3, 9])]).toEqual([1, 1, 0.75, 0.5, 0.5, 0.25]);
  });

  it('keep the guarantee: of exchangeable samples, each in turn being new, at most alpha are alarms', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 2, maxLength: 20 }),
        alpha,
        (all, level) => {
          const alarms = all.filter(
            (score, i) => conformalPValues(all.toSpliced(i, 1), [score])[0]! <= level,
          );
          expect(alarms.length / all.length).toBeLessThanOrEqual(level);
        },
      ),
    );
  });

  it('refuse what is not there and what is not finite', () => {
    expect(() => conformalPValues([], [1])).toThrow(expect.objectContaining({ code: 'E_EMPTY' }));
    expect(() => conformalPValues([1], [Number.NaN])).toThrow(
      expect.objectContaining({ code: 'E_NOT_FINITE' }),
    );
    expect(() => conformalPValues([Number.NaN], [1])).toThrow(
      expect.objectContaining({ code: 'E_NOT_FINITE' }),
    );
  });
});

describe('conformalAlarms', () => {
  it('are the p-values at most alpha', () => {
    fc.assert(
      fc.property(good, good, alpha, (calibration, scores, level) => {
        const result = conformalAlarms(calibration, scores, level);
        expect(result.defined).toBe(calibration.length >= calibrationNeeded(level));
        if (!result.defined) return;
        expect([...result.value]).toEqual(
          [...conformalPValues(calibration, scores)].map((p) => Number(p <= level)),
        );
      }),
    );
  });

  it('say how many calibration samples are needed where there are too few', () => {
    expect(conformalAlarms(new Float32Array(98), [1], 0.01)).toEqual({
      defined: false,
      reason: 'a false-alarm rate of 0.01 takes 99 good calibration samples, and there are 98',
    });
    expect([...valueIn(conformalAlarms(new Float32Array(99), [1, 0], 0.01))]).toEqual([1, 0]);
  });
});

describe('calibrationNeeded', () => {
  it.each([
    [0.5, 1],
    [0.1, 9],
    [0.05, 19],
    [0.01, 99],
    [0.001, 999],
    [1 / 3, 2],
    [0.9, 1],
    [1 / 49, 48],
    [0.2 - 2 ** -55, 5],
  ])('for %d is %i', (level, expected) => {
    expect(calibrationNeeded(level)).toBe(expected);
  });

  it('is the smallest number that keeps 1 / (n + 1) at or below alpha', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-9, max: 1, minExcluded: true, maxExcluded: true, noNaN: true }),
        (level) => {
          const needed = calibrationNeeded(level);
          expect(1 / (needed + 1)).toBeLessThanOrEqual(level);
          expect(1 / needed).toBeGreaterThan(level);
        },
      ),
    );
  });

  it.each([0, 1, -1, Number.NaN])('refuses the rate %s', (level) => {
    expect(() => calibrationNeeded(level)).toThrow(expect.objectContaining({ code: 'E_RANGE' }));
  });
});
