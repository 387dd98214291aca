import { expect, test } from 'vitest';
import { ByteGate } from './byte_gate.js';

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('never holds more than its budget, and lets what is larger run alone, in order', async () => {
  const gate = new ByteGate(10);
  let held = 0;
  let most = 0;
  const begun: number[] = [];
  const sizes = [4, 4, 25, 3, 10, 1, 1];
  await Promise.all(
    sizes.map((bytes) =>
      gate.run(bytes, async () => {
        begun.push(bytes);
        held += bytes;
        if (bytes <= 10) most = Math.max(most, held);
        else expect(held).toBe(bytes);
        await turn();
        held -= bytes;
      }),
    ),
  );
  expect(begun).toEqual(sizes);
  expect(most).toBe(10);
});

test('a failure gives back what it held', async () => {
  const gate = new ByteGate(1);
  await expect(gate.run(1, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await gate.run(1, async () => 'yes')).toBe('yes');
});
