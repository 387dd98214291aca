import { describe, expect, test } from 'vitest';
import { bytes, thresholdText, timingText } from './format.js';

test.each([
  [1234e6, '1.2 GB'],
  [34.4e6, '34 MB'],
  [120e3, '0.1 MB'],
])('%d bytes are %s', (value, text) => expect(bytes(value)).toBe(text));

describe('thresholdText', () => {
  test.each([
    [{ origin: 'none', value: null }, /no verdict/],
    [{ origin: 'given', value: 1.5 }, /^1.5 \(given\)$/],
    [
      { origin: 'f1', value: 0.68404, f1: 0.992, images: 83, defects: 63 },
      /0.6840 .*0.992.* 83 labelled images, 63 of them/,
    ],
    [
      { origin: 'quantile', value: 2, quantile: 0.99, images: 21, falseAlarmBound: 0.045 },
      /2.0000 \(quantile 0.99 of 21 held-out good images\)/,
    ],
  ] as const)('says where a threshold comes from', (threshold, text) => {
    expect(thresholdText(threshold)).toMatch(text);
  });
});

test('timingText names the largest stage first, and none that took next to nothing', () => {
  const text = timingText({ coreset: 1.14, backbone: 2.54, index: 0.001, total: 4.1 });
  expect(text).toBe('4.1 s: backbone 62 %, coreset 28 %');
});
