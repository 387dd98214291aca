import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type AdError, cudaInfo } from '@ad/core-native';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../testing/temporary.js';
import { TINY_BACKBONE, testNetwork } from '../testing/tiny.js';
import { Backbone, EMBEDDED_BACKBONE } from './index.js';

const folder = await temporaryFolder();
const refusal = (...args: Parameters<typeof Backbone.open>): Promise<AdError> =>
  Backbone.open(...args).then(
    () => Promise.reject(new Error('expected an error')),
    (error) => error,
  );

describe('open', () => {
  test('orders layers from the finest grid, whatever the order asked for', async () => {
    const backbone = await Backbone.open(TINY_BACKBONE, { layers: ['coarse', 'fine'] });
    await backbone.close();
    expect(backbone.layers).toEqual([
      { name: 'fine', channels: 5, stride: 8 },
      { name: 'coarse', channels: 7, stride: 16 },
    ]);
    expect([backbone.name, backbone.channels, backbone.convention]).toEqual(['tiny', 12, 'imagenet']);
  });

  test('has one inside', async () => {
    const backbone = await Backbone.open(EMBEDDED_BACKBONE);
    await backbone.close();
    expect(backbone.layers.map(({ name }) => name)).toEqual(['s8', 's16']);
    expect(backbone.convention).toBe('0..255');
  });

  test('without the named layer says which there are', async () => {
    const error = await refusal(TINY_BACKBONE, { layers: ['layer9'] });
    expect(error.code).toBe('E_BACKBONE_LAYER');
    expect(error.message).toContain("no output 'layer9'. It has: fine, coarse");
  });

  test('refuses the same layer twice', async () => {
    expect((await refusal(TINY_BACKBONE, { layers: ['fine', 'fine'] })).code).toBe('E_BACKBONE_LAYER');
  });

  test('refuses a missing file, and one that is no network', async () => {
    expect((await refusal(join(folder, 'none.onnx'))).message).toMatch(/no such file/);
    await writeFile(join(folder, 'text.onnx'), 'hello');
    expect((await refusal(join(folder, 'text.onnx'))).code).toBe('E_BACKBONE');
  });

  test('refuses an input of the wrong rank, and a layer without a grid', async () => {
    expect((await refusal(testNetwork('vectors'))).message).toMatch(
      /has the input x: float32 \[1, 8\]; expected one float32 input \[n, 3, h, w\]/,
    );
    expect(await refusal(testNetwork('fixed'), { layers: ['pooled'] })).toMatchObject({
      code: 'E_BACKBONE_LAYER',
      message: expect.stringMatching(/'pooled' .* has the shape \[1, 4\]; expected a feature map/),
    });
  });

  test('of one size and one image says so before it is run with others', async () => {
    const backbone = await Backbone.open(testNetwork('fixed'), { layers: ['grid'] });
    await backbone.close();
    expect(backbone.singleImage).toBe(true);
    expect(() => backbone.checkInputSize({ width: 64, height: 64 })).not.toThrow();
    expect(() => backbone.checkInputSize({ width: 96, height: 64 })).toThrow(/images of 64 x 64 only/);
  });

  test('refuses a GPU that is not there', async ({ skip }) => {
    if ((await cudaInfo()).state === 'usable') skip();
    expect((await refusal(TINY_BACKBONE, { device: 'cuda' })).code).toBe('E_DEVICE');
  });

  test('refuses a provider that onnxruntime does not have, or cannot load', async () => {
    expect(await refusal(TINY_BACKBONE, { provider: 'tpu' as 'cuda' })).toMatchObject({
      code: 'E_DEVICE',
      message: expect.stringMatching(/^onnxruntime has no provider 'tpu' here; it lists cpu, /),
    });
    // Its package never contains the CUDA libraries.
    expect(await refusal(TINY_BACKBONE, { provider: 'cuda' })).toMatchObject({
      code: 'E_DEVICE',
      message: expect.stringContaining('with its CUDA provider'),
    });
  });
});

describe('extract', () => {
  test('keeps the event loop alive and the order of calls', async () => {
    const backbone = await Backbone.open(TINY_BACKBONE);
    const size = { height: 64, width: 64 };
    const run = (value: number) => backbone.extract(new Float32Array(3 * 64 * 64).fill(value), 1, size);
    const [a, b] = await Promise.all([run(0), run(1)]);
    const again = await run(0);
    await backbone.close();
    expect(again.maps[0]!.data).toEqual(a!.maps[0]!.data);
    expect(b!.maps[0]!.data).not.toEqual(a!.maps[0]!.data);
    expect(a!.maps.map(({ channels, height, width }) => [channels, height, width])).toEqual([
      [5, 8, 8],
      [7, 4, 4],
    ]);
  });

  test('gives the same maps in memory that was used before, for inputs of several shapes', async () => {
    const backbone = await Backbone.open(TINY_BACKBONE);
    const run = (images: number, side: number) => {
      const pixels = Float32Array.from({ length: images * 3 * side * side }, (_, i) => Math.sin(i));
      return backbone.extract(pixels, images, { height: side, width: side });
    };
    const wanted = (await run(2, 64)).maps.map(({ data }) => data.slice());
    const used = await run(2, 64);
    const memory = used.maps.map(({ data }) => data);
    used.release();
    used.release();
    expect((await run(1, 64)).maps[0]!.data).toEqual(wanted[0]!.subarray(0, wanted[0]!.length / 2));
    const again = await run(2, 64);
    expect(again.maps.map(({ data }) => data)).toEqual(wanted);
    // Given away with the request: whoever still reads the old maps finds them empty, not changed.
    expect(memory.map(({ length }) => length)).toEqual([0, 0]);
    await run(3, 32);
    expect((await run(2, 64)).maps[1]!.data).toEqual(wanted[1]);
    await backbone.close();
  });

  test('after close is an error, not a wait without end', async () => {
    const backbone = await Backbone.open(TINY_BACKBONE);
    await backbone.close();
    const late = backbone.extract(new Float32Array(3 * 64 * 64), 1, { height: 64, width: 64 });
    await expect(late).rejects.toMatchObject({
      code: 'E_BACKBONE',
      message: "The backbone 'tiny' is closed.",
    });
  });
});
