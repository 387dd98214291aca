import { readFile } from 'node:fs/promises';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { modelPath } from './index.js';

interface Golden {
  height: number;
  width: number;
  maps: Record<string, { shape: number[]; mean: number; samples: [number, number][] }>;
}

const golden: Golden = JSON.parse(await readFile(new URL('../goldens/trunk.json', import.meta.url), 'utf8'));

/** The picture that goldens/generate.py computes with. */
function picture(height: number, width: number): Float32Array {
  return Float32Array.from({ length: 3 * height * width }, (_, i) => {
    const [c, y, x] = [Math.floor(i / (height * width)), Math.floor(i / width) % height, i % width];
    return (7 * x + 13 * y + 50 * c + ((x * y) % 31)) % 256;
  });
}

describe('the embedded backbone', async () => {
  const session = await InferenceSession.create(modelPath);
  const run = (n: number, height: number, width: number, data: Float32Array) =>
    session.run({ rgb_0_255: new Tensor('float32', data, [n, 3, height, width]) });

  test('equals a second reading of the TFLite file, computed in double precision', async () => {
    const { height, width, maps } = golden;
    const outputs = await run(1, height, width, picture(height, width));
    expect(Object.keys(outputs)).toEqual(Object.keys(maps));
    for (const [name, { shape, mean, samples }] of Object.entries(maps)) {
      const values = outputs[name]!.data as Float32Array;
      expect(outputs[name]!.dims).toEqual([1, ...shape]);
      expect(values.reduce((sum, value) => sum + value, 0) / values.length).toBeCloseTo(mean, 5);
      for (const [at, expected] of samples) expect(values[at]).toBeCloseTo(expected, 4);
    }
  });

  test('takes any batch, and computes each image alone', async () => {
    const size = [40, 56] as const;
    const one = picture(...size);
    const two = one.map((value) => 255 - value);
    const batch = new Float32Array(2 * one.length);
    batch.set(two);
    batch.set(one, one.length);
    const [both, alone] = [await run(2, ...size, batch), await run(1, ...size, one)];
    const expected = alone.s16!.data as Float32Array;
    const second = (both.s16!.data as Float32Array).subarray(expected.length);
    for (const [i, value] of second.entries()) expect(value).toBeCloseTo(expected[i]!, 4);
  });
});
