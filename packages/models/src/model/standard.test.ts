import { expect, test } from 'vitest';
import { RunningStandard, standardised } from './standard.js';

test('is the mean and the unbiased deviation, whatever the parts', () => {
  const values = Array.from({ length: 1000 }, (_, i) => 1e6 + Math.sin(i * i) * 3 + (i % 7));
  const mean = values.reduce((a, b) => a + b) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (values.length - 1));
  for (const cuts of [[1000], [1, 999], [300, 1, 1, 698]]) {
    const running = new RunningStandard();
    let at = 0;
    for (const length of cuts) {
      running.add(values.slice(at, at + length));
      at += length;
    }
    const found = running.result('values');
    expect(found.mean).toBeCloseTo(mean, 6);
    expect(found.deviation).toBeCloseTo(deviation, 9);
  }
});

test('values that are all the same measure nothing', () => {
  const running = new RunningStandard();
  running.add([2, 2]);
  running.add([2]);
  expect(() => running.result('scores')).toThrow(
    expect.objectContaining({ code: 'E_ARGUMENT', message: expect.stringMatching(/scores .* the same, 2/) }),
  );
});

test('counts deviations above the mean', () => {
  expect(standardised(7, { mean: 1, deviation: 2 })).toBe(3);
});
