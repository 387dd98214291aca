import { expect, test } from 'vitest';
import { mapOrdered } from './map_ordered.js';

const collect = async <T>(items: AsyncIterable<T>) => {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
};

/** Work that ends when it is told to. */
function gate() {
  const open: (() => void)[] = [];
  const begun: number[] = [];
  const work = (item: number) => {
    begun.push(item);
    return new Promise<number>((resolve) => {
      open[item] = () => resolve(item);
    });
  };
  return { open, begun, work };
}

test('keeps the order, whatever ends first', async () => {
  const { open, work } = gate();
  const results = collect(mapOrdered([0, 1, 2], work, 3));
  await Promise.resolve();
  for (const item of [2, 1, 0]) {
    while (!open[item]) await Promise.resolve();
    open[item]();
  }
  expect(await results).toEqual([0, 1, 2]);
});

test('never has more in flight than it may', async () => {
  let inFlight = 0;
  let most = 0;
  const work = async (item: number) => {
    most = Math.max(most, ++inFlight);
    await new Promise((resolve) => setImmediate(resolve));
    inFlight--;
    return item;
  };
  expect(await collect(mapOrdered(Array(20).keys(), work, 4))).toHaveLength(20);
  expect(most).toBe(4);
});

test('passes an error on in its turn, once what is in flight has ended', async () => {
  const ended: number[] = [];
  const work = async (item: number) => {
    if (item === 1) throw new Error('no');
    await new Promise((resolve) => setImmediate(resolve));
    ended.push(item);
    return item;
  };
  const seen: number[] = [];
  const all = (async () => {
    for await (const item of mapOrdered([0, 1, 2, 3], work, 3)) seen.push(item);
  })();
  await expect(all).rejects.toThrow('no');
  expect(seen).toEqual([0]);
  expect(ended).toContain(2);
});

test('leaving early ends the source', async () => {
  let closed = false;
  async function* source() {
    try {
      for (let i = 0; ; i++) yield i;
    } finally {
      closed = true;
    }
  }
  for await (const item of mapOrdered(source(), async (i) => i, 2)) if (item === 5) break;
  expect(closed).toBe(true);
});
