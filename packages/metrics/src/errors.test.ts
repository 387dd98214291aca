import { describe, expect, it } from 'vitest';
import { auroc } from './auroc.js';
import { METRIC_ERROR_CODES, MetricError } from './errors.js';
import { valueOrNull } from './result.js';

describe('MetricError', () => {
  it('is an error with a name, a code that is documented, and a hint', () => {
    const error = new MetricError('E_RANGE', 'found 2; expected 1', 'ask for 1');
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      name: 'MetricError',
      code: 'E_RANGE',
      message: 'found 2; expected 1',
      hint: 'ask for 1',
    });
    expect(METRIC_ERROR_CODES).toHaveProperty(error.code);
  });
});

describe('valueOrNull', () => {
  it('is the value, also where that is 0, or null', () => {
    expect(valueOrNull(auroc([2, 1], [0, 1]))).toBe(0);
    expect(valueOrNull(auroc([2, 1], [1, 1]))).toBeNull();
  });
});
