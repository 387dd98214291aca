import { expect, test } from 'vitest';
import { tee } from './tee.js';

/** Counts what was read, and whether reading was ended. */
function source(length: number) {
  const seen = { read: 0, ended: false };
  async function* items() {
    try {
      for (let i = 0; i < length; i++) {
        seen.read++;
        yield i;
      }
    } finally {
      seen.ended = true;
    }
  }
  return { seen, items: items() };
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

test('each reader gets every item, at its own pace, and items are read once', async () => {
  const { seen, items } = source(5);
  const [a, b, c] = tee(items, 3) as [AsyncGenerator<number>, AsyncGenerator<number>, AsyncGenerator<number>];
  expect((await a.next()).value).toBe(0);
  expect((await a.next()).value).toBe(1);
  expect(seen.read).toBe(2);
  expect(await all(b)).toEqual([0, 1, 2, 3, 4]);
  expect(await all(c)).toEqual([0, 1, 2, 3, 4]);
  expect(await all(a)).toEqual([2, 3, 4]);
  expect(seen).toEqual({ read: 5, ended: true });
});

test('ends reading when every reader has left', async () => {
  const { seen, items } = source(5);
  const [a, b] = tee(items, 2) as [AsyncGenerator<number>, AsyncGenerator<number>];
  await a.next();
  await b.next();
  await a.return(undefined);
  expect(seen.ended).toBe(false);
  await b.return(undefined);
  expect(seen.ended).toBe(true);
});

test('gives a failure to each reader', async () => {
  async function* failing() {
    yield 1;
    throw new Error('camera unplugged');
  }
  const readers = tee(failing(), 2);
  for (const reader of readers) await expect(all(reader)).rejects.toThrow('camera unplugged');
});
