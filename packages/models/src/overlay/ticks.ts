/**
 * The multiples of 1, 2 or 5 times a power of ten in [low, high], with the smallest such step that gives at most `most`.
 * A range of one value has that value as its tick.
 *
 * @example
 * niceTicks(0.8, 3.2, 6).map(String); // ['1', '1.5', '2', '2.5', '3']
 */
export function niceTicks(low: number, high: number, most: number): number[] {
  if (!(high > low)) return [low];
  // The smallest number there is, where the power underflows to zero.
  let power = 10 ** Math.floor(Math.log10((high - low) / most)) || Number.MIN_VALUE;
  for (;;) {
    for (const digit of [1, 2, 5]) {
      const step = digit * power;
      const [first, last] = [Math.ceil(low / step), Math.floor(high / step)];
      if (last - first < most) {
        return Array.from({ length: last - first + 1 }, (_, i) => roundTo(step, first + i));
      }
    }
    power *= 10;
  }
}

/** `count * step` without the noise of binary fractions: 3 * 0.1 is 0.3. */
function roundTo(step: number, count: number): number {
  return Number((count * step).toPrecision(15));
}
