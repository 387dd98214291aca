import { expect, test } from 'vitest';
import { readTflite } from './tflite.js';

test('refuses what is not a TFLite model', () => {
  expect(() => readTflite(new Uint8Array(3))).toThrow(/TFL3/);
  expect(() => readTflite(new TextEncoder().encode('12345678'))).toThrow(/TFL3/);
});

test('refuses a model that ends too early', () => {
  const file = new Uint8Array(12);
  new DataView(file.buffer).setUint32(0, 4000, true);
  file.set(new TextEncoder().encode('TFL3'), 4);
  expect(() => readTflite(file)).toThrow(/damaged or truncated/);
});
