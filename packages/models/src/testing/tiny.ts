import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { expect } from 'vitest';

const goldens = new URL('../../../../test/goldens/', import.meta.url);

/** A network of test/goldens: `tiny`, `vectors` or `fixed`. */
export const testNetwork = (name: string): string => fileURLToPath(new URL(`${name}.onnx`, goldens));

/** A network of two layers, `fine` (5 channels, stride 8) and `coarse` (7, stride 16); input 0..1. */
export const TINY_BACKBONE = testNetwork('tiny');

/** Values that test/goldens/generate_patchcore.py computed in double precision. */
export const golden: Golden = JSON.parse(readFileSync(new URL('patchcore.json', goldens), 'utf8'));

/** How the goldens were made: images as they are, 64 x 64. */
export const TINY_PREPROCESS = { resize: 'stretch', imageSize: 64, crop: null } as const;

export interface Golden {
  size: number;
  train: number;
  seed: number;
  coreset_share: number;
  channels: number[];
  balanced: GoldenRun;
  plain: GoldenRun;
}

export interface GoldenRun {
  scales: number[];
  embedding_rows: Record<string, number[]>;
  coreset: number[];
  tests: { neighbours: number[]; distances: number[]; score: number; map_every_5th: number[] }[];
}

/** The golden generator's image number `i` as a PNG; from `golden.train` on it carries a defect. */
export function tinyImage(i: number, size = golden.size): Promise<Buffer> {
  const pixels = Uint8Array.from({ length: 3 * size * size }, (_, at) => {
    const [y, x, c] = [Math.floor(at / (3 * size)), Math.floor(at / 3) % size, at % 3];
    const value = (3 * x + 5 * y + 60 * c + 11 * i + ((x * y * ((i % 4) + 1)) % 97)) % 256;
    const inside = x >= 20 && x < 36 && y >= 24 && y < 36;
    return i >= golden.train && inside ? (value * 7 + 90) % 256 : value;
  });
  return sharp(pixels, { raw: { width: size, height: size, channels: 3 } })
    .png()
    .toBuffer();
}

/** The images that the goldens learn from. */
export function tinyTrainingSet(): Promise<Buffer[]> {
  return Promise.all(Array.from({ length: golden.train }, (_, i) => tinyImage(i)));
}

/** Single precision through two convolutions, a difference and a square root. */
const RELATIVE = 2e-5;

/** Fails where a value differs by more than fp32 explains; `scale` is what small values are measured by. */
export function expectClose(found: ArrayLike<number>, expected: readonly number[], scale = 1): void {
  expect(found.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    expect(Math.abs(found[i]! - expected[i]!), `value ${i}: ${found[i]} and ${expected[i]}`).toBeLessThan(
      RELATIVE * Math.max(scale, Math.abs(expected[i]!)),
    );
  }
}
