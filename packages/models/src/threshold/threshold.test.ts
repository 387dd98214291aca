import { describe, expect, test } from 'vitest';
import type { Sample } from '../data/index.js';
import { parseThresholdRule } from './rule.js';
import { splitForThreshold } from './split.js';
import { f1Thresholds, quantileThresholds } from './thresholds.js';

const labelled = (good: number, defect: number): Sample[] => [
  ...Array.from(
    { length: good },
    (_, i) => ({ path: `g${i}`, label: 'good', defect: null, mask: null }) as const,
  ),
  ...Array.from(
    { length: defect },
    (_, i) => ({ path: `d${i}`, label: 'defect', defect: 'dent', mask: null }) as const,
  ),
];
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

describe('parseThresholdRule', () => {
  test.each([
    ['auto', { rule: 'auto' }],
    ['f1', { rule: 'f1' }],
    ['none', { rule: 'none' }],
    ['quantile', { rule: 'quantile', quantile: 0.99 }],
    ['quantile:0.995', { rule: 'quantile', quantile: 0.995 }],
    ['-1.5e3', { rule: 'given', value: -1500 }],
  ])('reads %s', (text, rule) => expect(parseThresholdRule(text)).toEqual(rule));

  test.each(['', 'median', 'quantile:1', 'quantile:0', 'quantile:', 'NaN', 'Infinity'])(
    'refuses %j',
    (text) => {
      expect(() => parseThresholdRule(text)).toThrow(expect.objectContaining({ code: 'E_ARGUMENT' }));
    },
  );
});

describe('splitForThreshold', () => {
  test('holds one good image in ten out for a quantile, others for another seed', () => {
    const split = splitForThreshold(numbers(209), [], { rule: 'auto' }, 0, 1);
    expect(split.rule).toEqual({ rule: 'quantile', quantile: 0.99 });
    expect([split.learn.length, split.heldOut.length]).toEqual([188, 21]);
    expect([...split.learn, ...split.heldOut].toSorted((a, b) => a - b)).toEqual(numbers(209));
    expect(splitForThreshold(numbers(209), [], { rule: 'auto' }, 1, 1).heldOut).not.toEqual(split.heldOut);
  });

  test('learns from all where labelled images of both kinds set the threshold', () => {
    const split = splitForThreshold(numbers(5), labelled(2, 3), { rule: 'auto' }, 0, 1);
    expect(split).toMatchObject({ rule: { rule: 'f1' }, learn: numbers(5), heldOut: [] });
    expect(split.labelled).toHaveLength(5);
  });

  test('does without labelled images of one kind only, unless they were asked for', () => {
    expect(splitForThreshold(numbers(9), labelled(4, 0), { rule: 'auto' }, 0, 1).rule.rule).toBe('quantile');
    expect(() => splitForThreshold(numbers(9), labelled(0, 4), { rule: 'f1' }, 0, 1)).toThrow(
      /not both good and defective/,
    );
  });
});

describe('thresholds', () => {
  test('that rest on few images say how few, and what they can promise', () => {
    const scored = numbers(20).map((i) => ({ score: i, peak: 2 * i }));
    const { image, pixel } = quantileThresholds(scored, 0.99);
    // 20 images cannot promise 1 in 100: the largest score is what they give, 1 in 21 what it promises.
    expect(image).toMatchObject({ origin: 'quantile', images: 20, quantile: 0.99 });
    expect(image.value).toBeGreaterThan(19);
    expect(pixel.value).toBeGreaterThan(38);
    if (image.origin === 'quantile') expect(image.falseAlarmBound).toBeCloseTo(1 / 21, 12);
  });

  test('by F1 separate what can be separated', () => {
    const scored = [1, 2, 3, 7, 8].map((score) => ({ score, peak: -score }));
    const labels = [false, false, false, true, true];
    const { image, pixel } = f1Thresholds(scored, labels);
    // The lowest that counts is best; nothing lies below it.
    expect(pixel.value).toBe(-8);
    expect(image).toEqual({
      origin: 'f1',
      // As far from the worst good one as from the mildest defect.
      value: 5,
      f1: 1,
      images: 5,
      defects: 2,
    });
  });
});
