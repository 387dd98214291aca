/**
 * Calls `work` on each item with up to `ahead` calls in flight, and yields the results in order: a bounded stage of a
 * pipeline. Stopping early, by an error or by leaving the loop, waits for what is in flight.
 *
 * @example
 * for await (const image of mapOrdered(paths, decodeImage, 8)) show(image);
 */
export async function* mapOrdered<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  work: (item: T) => Promise<R>,
  ahead: number,
): AsyncGenerator<R> {
  const inFlight: Promise<R>[] = [];
  try {
    for await (const item of items) {
      const result = work(item);
      // A failure is met when its turn comes; until then it must not count as unhandled.
      result.catch(() => {});
      inFlight.push(result);
      if (inFlight.length >= ahead) yield await inFlight.shift()!;
    }
    while (inFlight.length > 0) yield await inFlight.shift()!;
  } finally {
    await Promise.allSettled(inFlight);
  }
}
