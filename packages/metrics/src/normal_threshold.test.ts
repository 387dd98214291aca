import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { conformalPValues } from './conformal.js';
import { normalThreshold } from './normal_threshold.js';

const good = fc.array(
  fc.oneof(fc.integer({ min: -4, max: 4 }), fc.double({ noNaN: true, noDefaultInfinity: true })),
  {
    minLength: 1,
    maxLength: 30,
  },
);
const alpha = fc.double({ min: 0.001, max: 0.999, noNaN: true });

describe('normalThreshold', () => {
  it('stops exactly what its conformal p-value condemns, where the samples suffice', () => {
    fc.assert(
      fc.property(good, good, alpha, (calibration, scores, level) => {
        const { threshold, samples, needed } = normalThreshold(calibration, level);
        fc.pre(samples >= needed);
        const condemned = [...conformalPValues(calibration, scores)].map((p) => p <= level);
        expect(scores.map((score) => score >= threshold)).toEqual(condemned);
      }),
    );
  });

  it('promises no more than alpha where the samples suffice, and what it can where they do not', () => {
    fc.assert(
      fc.property(good, alpha, (calibration, level) => {
        const { falseAlarmBound, samples, needed } = normalThreshold(calibration, level);
        if (samples >= needed) expect(falseAlarmBound).toBeLessThanOrEqual(level);
        else expect(falseAlarmBound).toBe(1 / (samples + 1));
      }),
    );
  });

  it('passes every calibration sample when there are too few, and says how many it takes', () => {
    const { threshold, ...rest } = normalThreshold([0.8, 1.1, 0.9], 0.01);
    expect(rest).toEqual({ falseAlarmBound: 0.25, samples: 3, needed: 99 });
    expect(threshold).toBeGreaterThan(1.1);
    expect(threshold - 1.1).toBeLessThan(1e-15);
  });

  it('keeps 99 samples enough for 1 %', () => {
    const scores = Array.from({ length: 99 }, (_, i) => i);
    expect(normalThreshold(scores, 0.01)).toMatchObject({ falseAlarmBound: 0.01, samples: 99, needed: 99 });
  });

  it('takes a rate that is a ratio of counts at its word, and one just below it too', () => {
    const scores = Array.from({ length: 99 }, (_, i) => i);
    for (let above = 2; above < 99; above++) {
      const rate = above / 100;
      expect(normalThreshold(scores, rate).falseAlarmBound).toBe(rate);
      expect(normalThreshold(scores, rate * (1 - 2 ** -53)).falseAlarmBound).toBe((above - 1) / 100);
    }
  });

  it.each([
    [0, 5e-324],
    [-0, 5e-324],
    [-5e-324, 0],
    [1, 1 + 2 ** -52],
    [-1, -1 + 2 ** -53],
  ])('is the next double above %d', (score, expected) => {
    expect(normalThreshold([score], 0.5).threshold === expected).toBe(true);
  });

  it('still gives a threshold for a rate next to 1', () => {
    expect(normalThreshold([3, 4], 1 - 1e-15).threshold).toBeGreaterThan(3);
  });

  it('refuses what is not there, not finite, or no rate', () => {
    expect(() => normalThreshold([], 0.1)).toThrow(expect.objectContaining({ code: 'E_EMPTY' }));
    expect(() => normalThreshold([1, Number.NaN], 0.1)).toThrow('index 1');
    expect(() => normalThreshold([1], 1)).toThrow(expect.objectContaining({ code: 'E_RANGE' }));
  });
});
