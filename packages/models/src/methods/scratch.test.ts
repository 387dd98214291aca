import { expect, test } from 'vitest';
import { Scratch } from './scratch.js';

const buffer = async (floats: Float32Array) => floats.buffer;

test('work one after another gets the same memory, cut to what it asked for', async () => {
  const scratch = new Scratch();
  const first = await scratch.lend(100, buffer);
  await scratch.lend(10, async (floats) => {
    expect(floats.buffer).toBe(first);
    expect(floats).toHaveLength(10);
  });
  expect(await scratch.lend(100, buffer)).toBe(first);
});

test('more than there is makes new memory', async () => {
  const scratch = new Scratch();
  const first = await scratch.lend(10, buffer);
  await scratch.lend(11, async (floats) => {
    expect(floats.buffer).not.toBe(first);
    expect(floats).toHaveLength(11);
  });
});

test('work that overlaps never shares memory, and a failure gives it back', async () => {
  const scratch = new Scratch();
  let used: ArrayBufferLike | undefined;
  await expect(
    scratch.lend(10, async (outer) => {
      used = outer.buffer;
      await scratch.lend(10, async (inner) => expect(inner.buffer).not.toBe(outer.buffer));
      throw new Error('failed');
    }),
  ).rejects.toThrow('failed');
  expect(await scratch.lend(10, buffer)).toBe(used);
});
