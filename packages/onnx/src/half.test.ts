import { expect, test } from 'vitest';
import { bfloatToNumber, halfToNumber, numberToBfloat, numberToHalf } from './index.js';

test('every half comes back from its number', () => {
  for (let bits = 0; bits < 2 ** 16; bits++) {
    const value = halfToNumber(bits);
    if (Number.isNaN(value)) expect(halfToNumber(numberToHalf(value))).toBeNaN();
    else if (numberToHalf(value) !== bits) expect.fail(`${bits} became ${numberToHalf(value)}`);
  }
});

test('a number goes to the nearest half, ties to even', () => {
  // Between every two neighbours: below the middle, the middle, above it.
  for (let bits = 0; bits < 0x7bff; bits++) {
    const [low, high] = [halfToNumber(bits), halfToNumber(bits + 1)];
    const middle = (low + high) / 2;
    const even = bits % 2 === 0 ? bits : bits + 1;
    const found = [
      numberToHalf(middle - (high - low) / 8),
      numberToHalf(middle),
      numberToHalf(middle + (high - low) / 8),
    ];
    if (found[0] !== bits || found[1] !== even || found[2] !== bits + 1) expect.fail(`${bits}: ${found}`);
  }
  expect([numberToHalf(65519.99), numberToHalf(65520), numberToHalf(-1e9)]).toEqual([0x7bff, 0x7c00, 0xfc00]);
});

test('every bfloat16 comes back from its number, and rounds ties to even', () => {
  for (let bits = 0; bits < 2 ** 16; bits++) {
    const value = bfloatToNumber(bits);
    if (Number.isNaN(value)) expect(bfloatToNumber(numberToBfloat(value))).toBeNaN();
    else if (numberToBfloat(value) !== bits) expect.fail(`${bits} became ${numberToBfloat(value)}`);
  }
  expect(numberToBfloat(1 + 2 ** -8)).toBe(numberToBfloat(1));
  expect(numberToBfloat(1 + 3 * 2 ** -8)).toBe(numberToBfloat(1 + 2 ** -6));
});
