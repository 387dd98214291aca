/**
 * The same items for several readers. What one reader is ahead of the slowest is kept; the items themselves are read
 * once.
 *
 * @example
 * const [a, b] = tee(images, 2);
 */
export function tee<T>(items: Iterable<T> | AsyncIterable<T>, readers: number): AsyncGenerator<T>[] {
  const iterator = iteratorOf(items);
  const queues: Promise<IteratorResult<T>>[][] = Array.from({ length: readers }, () => []);
  let last: Promise<unknown> = Promise.resolve();
  const pull = () => {
    const next = last.then(() => iterator.next());
    // A failure is met by each reader when its turn comes.
    last = next.catch(() => {});
    for (const queue of queues) queue.push(next);
  };
  let reading = readers;
  return queues.map(async function* (queue) {
    try {
      for (;;) {
        if (queue.length === 0) pull();
        const { value, done } = await queue.shift()!;
        if (done) return;
        yield value;
      }
    } finally {
      if (--reading === 0) await iterator.return?.();
    }
  });
}

function iteratorOf<T>(items: Iterable<T> | AsyncIterable<T>): Iterator<T> | AsyncIterator<T> {
  return Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
}
