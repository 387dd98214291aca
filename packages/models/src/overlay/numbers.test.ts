import { describe, expect, it } from 'vitest';
import { formatApart, formatScore, formatTicks } from './numbers.js';

describe('formatScore', () => {
  it.each([
    [2.34567, '2.346'],
    [0, '0.000'],
    [12.3456, '12.35'],
    [12345.6, '12346'],
    [-0.5, '−0.5000'],
    [0.00012345, '1.234e−4'],
    [7.5e12, '7.500e12'],
  ])('%d is %s', (value, text) => {
    expect(formatScore(value)).toBe(text);
  });
});

describe('formatApart', () => {
  it('takes four digits where they tell score and threshold apart', () => {
    expect(formatApart(2.5, 2.49)).toEqual(['2.500', '2.490']);
  });

  it('takes more where they do not', () => {
    expect(formatApart(2.50001, 2.50002)).toEqual(['2.50001', '2.50002']);
  });

  it('leaves equals equal', () => {
    expect(formatApart(1 / 3, 1 / 3)).toEqual(['0.3333', '0.3333']);
  });
});

describe('formatTicks', () => {
  it.each([
    [
      [1, 1.5, 2],
      ['1.0', '1.5', '2.0'],
    ],
    [
      [0.1, 0.15, 0.2],
      ['0.10', '0.15', '0.20'],
    ],
    [
      [-4000, -2000, 0],
      ['−4000', '−2000', '0'],
    ],
    [
      [1e-5, 1.5e-5],
      ['1.0e−5', '1.5e−5'],
    ],
    [
      [2e6, 4e6],
      ['2e6', '4e6'],
    ],
    [[2.5], ['2.500']],
  ])('%j', (ticks, labels) => {
    expect(formatTicks(ticks)).toEqual(labels);
  });

  it('never gives two ticks one label', () => {
    const labels = formatTicks([1e9, 1e9 + 20, 1e9 + 40]);
    expect(new Set(labels).size).toBe(3);
  });
});
