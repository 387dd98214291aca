const RADIX_BITS = 11;
const BUCKETS = 1 << RADIX_BITS;
const MASK = BUCKETS - 1;
// Below this, the built-in sort is faster than three passes over 2,048 buckets.
const SMALL = 4096;

/**
 * Sorts in place, ascending, -0 as +0; returns its argument. 32-bit floats are sorted by their bits: a radix sort in
 * three passes, with one more array of the same size and no object per element.
 */
export function sortFloats<T extends Float32Array | Float64Array>(values: T): T {
  for (let i = 0; i < values.length; i++) values[i]! += 0;
  if (values instanceof Float32Array && values.length > SMALL) radixSort(values);
  else values.sort();
  return values;
}

/** Sorts 32-bit floats in place, ascending, -0 as +0, and moves each one's companion with it. */
export function sortPairs(values: Float32Array, companions: Uint32Array): void {
  for (let i = 0; i < values.length; i++) values[i]! += 0;
  const keys = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const spareKeys = new Uint32Array(keys.length);
  const spare = new Uint32Array(keys.length);
  for (let i = 0; i < keys.length; i++) keys[i] = ascending(keys[i]!);
  pairPass(keys, companions, spareKeys, spare, 0);
  pairPass(spareKeys, spare, keys, companions, RADIX_BITS);
  pairPass(keys, companions, spareKeys, spare, 2 * RADIX_BITS);
  for (let i = 0; i < keys.length; i++) keys[i] = original(spareKeys[i]!);
  companions.set(spare);
}

/** Maps the bits of a float to an unsigned number of the same order: negative ones are flipped, others moved above. */
export function ascending(bits: number): number {
  return (bits & 0x80000000 ? ~bits : bits | 0x80000000) >>> 0;
}

/** The bits that {@link ascending} made a key of. */
export function original(key: number): number {
  return (key & 0x80000000 ? key & 0x7fffffff : ~key) >>> 0;
}

function radixSort(values: Float32Array): void {
  const keys = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const spare = new Uint32Array(values.length);
  for (let i = 0; i < keys.length; i++) keys[i] = ascending(keys[i]!);
  pass(keys, spare, 0);
  pass(spare, keys, RADIX_BITS);
  pass(keys, spare, 2 * RADIX_BITS);
  for (let i = 0; i < keys.length; i++) keys[i] = original(spare[i]!);
}

function pass(from: Uint32Array, to: Uint32Array, shift: number): void {
  const next = bucketStarts(from, shift);
  for (let i = 0; i < from.length; i++) {
    const key = from[i]!;
    to[next[(key >>> shift) & MASK]!++] = key;
  }
}

function pairPass(
  from: Uint32Array,
  fromWith: Uint32Array,
  to: Uint32Array,
  toWith: Uint32Array,
  shift: number,
): void {
  const next = bucketStarts(from, shift);
  for (let i = 0; i < from.length; i++) {
    const key = from[i]!;
    const place = next[(key >>> shift) & MASK]!++;
    to[place] = key;
    toWith[place] = fromWith[i]!;
  }
}

/** Where each bucket begins once the keys are ordered by the digit at a shift. */
function bucketStarts(keys: Uint32Array, shift: number): Uint32Array {
  const starts = new Uint32Array(BUCKETS + 1);
  for (let i = 0; i < keys.length; i++) starts[((keys[i]! >>> shift) & MASK) + 1]!++;
  for (let b = 0; b < BUCKETS; b++) starts[b + 1]! += starts[b]!;
  return starts;
}
