import { describe, expect, it } from 'vitest';
import { MetricError } from './errors.js';
import { byClass, splitByClass } from './scores.js';

function errorOf(call: () => unknown): MetricError {
  try {
    call();
  } catch (error) {
    if (error instanceof MetricError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('scores by class', () => {
  it('are sorted, keep the precision they came in, and leave the input alone', () => {
    const scores = Float32Array.of(3, 1, 2, 0);
    const { positives, negatives } = byClass(scores, [1, 1, 0, 0]);
    expect(positives).toEqual(Float32Array.of(1, 3));
    expect(negatives).toEqual(Float32Array.of(0, 2));
    expect(scores).toEqual(Float32Array.of(3, 1, 2, 0));
    expect(byClass([0.1], [1]).positives).toEqual(Float64Array.of(0.1));
  });

  it('can be had in the order given', () => {
    expect(splitByClass([3, 1, 2], [1, 1, 0]).positives).toEqual(Float64Array.of(3, 1));
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'refuse %s and name its index',
    (bad) => {
      const error = errorOf(() => byClass([1, 2, bad], [0, 1, 1]));
      expect(error.code).toBe('E_NOT_FINITE');
      expect(error.message).toContain('index 2');
      expect(error.message).toContain(String(bad));
      expect(error.hint).toBeDefined();
    },
  );

  it('refuse a label that is neither 0 nor 1 and name its index', () => {
    const error = errorOf(() => byClass([1, 2], [0, 255]));
    expect(error.code).toBe('E_LABEL');
    expect(error.message).toContain('index 1');
    expect(error.message).toContain('255');
  });

  it('refuse lengths that differ, naming both', () => {
    const error = errorOf(() => byClass([1, 2], [1]));
    expect(error.code).toBe('E_LENGTH');
    expect(error.message).toContain('2 scores');
    expect(error.message).toContain('1 labels');
  });

  it('refuse empty input', () => {
    expect(errorOf(() => byClass([], [])).code).toBe('E_EMPTY');
  });
});
