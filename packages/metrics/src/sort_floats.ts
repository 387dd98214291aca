const DIGIT_BITS = 11;
const DIGITS = 1 << DIGIT_BITS;
const MASK = DIGITS - 1;
// Below this, the built-in sort is faster than three passes over 2,048 buckets.
const SMALL = 4096;

/**
 * Sorts in place, ascending, -0 as +0; returns its argument. 32-bit floats are sorted by their bits: a radix sort in
 * three passes, with one more array of the same size and no object per element.
 */
export function sortFloats<T extends Float32Array | Float64Array>(values: T): T {
  if (values instanceof Float32Array && values.length > SMALL) {
    radixSort(values);
    return values;
  }
  for (let i = 0; i < values.length; i++) values[i]! += 0;
  values.sort();
  return values;
}

/** Sorts 32-bit floats in place, ascending, -0 as +0, and moves each one's companion with it. */
export function sortPairs(values: Float32Array, companions: Uint32Array): void {
  const keys = bitsOf(values);
  const spareKeys = new Uint32Array(keys.length);
  const spare = new Uint32Array(keys.length);
  const [low, middle, high] = takeKeys(keys);
  scatterPairs(keys, companions, spareKeys, spare, low, 0);
  scatterPairs(spareKeys, spare, keys, companions, middle, DIGIT_BITS);
  scatterPairs(keys, companions, spareKeys, spare, high, 2 * DIGIT_BITS);
  for (let i = 0; i < keys.length; i++) keys[i] = original(spareKeys[i]!);
  companions.set(spare);
}

/** The bits of floats, over the same memory. */
export function bitsOf(values: Float32Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length);
}

/** Maps the bits of a float to an unsigned number of the same order: negative ones are flipped, others moved above. */
export function ascending(bits: number): number {
  if (bits === 0x80000000) return bits; // -0, which is to tie with 0
  return (bits ^ ((bits >> 31) | 0x80000000)) >>> 0;
}

/** The bits that {@link ascending} made a key of. */
export function original(key: number): number {
  return (key & 0x80000000 ? key & 0x7fffffff : ~key) >>> 0;
}

function radixSort(values: Float32Array): void {
  const keys = bitsOf(values);
  const spare = new Uint32Array(keys.length);
  const [low, middle, high] = takeKeys(keys);
  scatter(keys, spare, low, 0);
  scatter(spare, keys, middle, DIGIT_BITS);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!;
    spare[high[key >>> (2 * DIGIT_BITS)]!++] = original(key);
  }
  keys.set(spare);
}

/** Turns bits into keys and, in the same pass, finds where the buckets of each of their three digits begin. */
function takeKeys(bits: Uint32Array): [Uint32Array, Uint32Array, Uint32Array] {
  const low = new Uint32Array(DIGITS + 1);
  const middle = new Uint32Array(DIGITS + 1);
  const high = new Uint32Array(DIGITS + 1);
  for (let i = 0; i < bits.length; i++) {
    const key = ascending(bits[i]!);
    bits[i] = key;
    low[(key & MASK) + 1]!++;
    middle[((key >>> DIGIT_BITS) & MASK) + 1]!++;
    high[(key >>> (2 * DIGIT_BITS)) + 1]!++;
  }
  for (const starts of [low, middle, high]) {
    for (let digit = 0; digit < DIGITS; digit++) starts[digit + 1]! += starts[digit]!;
  }
  return [low, middle, high];
}

function scatter(from: Uint32Array, to: Uint32Array, next: Uint32Array, shift: number): void {
  for (let i = 0; i < from.length; i++) {
    const key = from[i]!;
    to[next[(key >>> shift) & MASK]!++] = key;
  }
}

function scatterPairs(
  from: Uint32Array,
  fromWith: Uint32Array,
  to: Uint32Array,
  toWith: Uint32Array,
  next: Uint32Array,
  shift: number,
): void {
  for (let i = 0; i < from.length; i++) {
    const key = from[i]!;
    const place = next[(key >>> shift) & MASK]!++;
    to[place] = key;
    toWith[place] = fromWith[i]!;
  }
}
