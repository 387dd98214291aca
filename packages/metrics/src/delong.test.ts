import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { auroc } from './auroc.js';
import { aurocInterval } from './delong.js';
import { normalInverse } from './normal_distribution.js';
import { scored, valueIn } from './testing/arbitraries.js';
import { rankings } from './testing/golden.js';

describe('aurocInterval', () => {
  it.each(rankings.delong)("equals DeLong's definition over all pairs, on the logit scale", (set) => {
    const { low, high, level, method } = valueIn(aurocInterval(set.first, set.labels));
    expect(low).toBeCloseTo(set.expected.interval[0], 13);
    expect(high).toBeCloseTo(set.expected.interval[1], 13);
    expect([level, method]).toEqual([0.95, 'delong']);
  });

  it('holds the AUROC, stays within 0..1, and widens with the level', () => {
    fc.assert(
      fc.property(scored, ({ scores, labels }) => {
        const narrow = aurocInterval(scores, labels, 0.5);
        const wide = aurocInterval(scores, labels, 0.99);
        if (!narrow.defined || !wide.defined) return;
        const area = valueIn(auroc(scores, labels));
        const bounds = [0, wide.value.low, narrow.value.low, area, narrow.value.high, wide.value.high, 1];
        for (let i = 1; i < bounds.length; i++)
          expect(bounds[i]! - bounds[i - 1]!).toBeGreaterThanOrEqual(-1e-12);
      }),
    );
  });

  it('is no certainty where 20 good and 63 bad images are separated perfectly', () => {
    const scores = Array.from({ length: 83 }, (_, i) => i);
    const labels = scores.map((score) => Number(score >= 20));
    const { low, high, method } = valueIn(aurocInterval(scores, labels));
    expect([high, method]).toEqual([1, 'newcombe']);
    // The area t that a score test would just reject: (1 - t)^2 = z^2 var(t), Hanley and McNeil's variance.
    const z = normalInverse(0.975);
    const half = 83 / 2 - 1;
    const variance = (low * (1 - low) * (1 + half * ((1 - low) / (2 - low) + low / (1 + low)))) / (63 * 20);
    expect((1 - low) ** 2).toBeCloseTo(z * z * variance, 12);
    expect(low).toBeGreaterThan(0.9);
    expect(low).toBeLessThan(0.99);
  });

  it('mirrors when the classes are separated the wrong way', () => {
    const right = valueIn(aurocInterval([1, 2, 3, 4], [0, 0, 1, 1]));
    const wrong = valueIn(aurocInterval([1, 2, 3, 4], [1, 1, 0, 0]));
    expect(wrong.low).toBe(0);
    expect(wrong.high).toBeCloseTo(1 - right.low, 12);
  });

  it('is wide around 0.5 where all scores are equal', () => {
    const { low, high, method } = valueIn(aurocInterval([1, 1, 1, 1, 1, 1], [0, 0, 0, 1, 1, 1]));
    expect(method).toBe('newcombe');
    expect(low).toBeLessThan(0.3);
    expect(low + high).toBeCloseTo(1, 12);
  });

  it('says what is missing', () => {
    expect(aurocInterval([1, 2], [1, 1]).defined).toBe(false);
    expect(aurocInterval([1, 2, 3], [1, 0, 0])).toEqual({
      defined: false,
      reason: 'a class has fewer than two samples',
    });
  });

  it.each([0, 1, Number.NaN])('refuses the level %s', (level) => {
    expect(() => aurocInterval([1, 2], [0, 1], level)).toThrow(expect.objectContaining({ code: 'E_RANGE' }));
  });
});
