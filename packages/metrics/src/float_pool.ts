import { ascending, bitsOf, sortFloats } from './sort_floats.js';

// Buckets of the first 16 bits: scores that agree to about 1 in 128 share one.
const BUCKET_SHIFT = 16;
const BUCKETS = 1 << 16;

/** Scores that arrive in parts: 4 bytes each, and 4 more while they are joined and sorted, once they are asked for. */
export class FloatPool {
  #parts: Float32Array[] = [];
  #sorted = false;
  #size = 0;

  /** Takes a part over; the caller must not change it afterwards. */
  add(part: Float32Array): void {
    this.#parts.push(part);
    this.#size += part.length;
    this.#sorted = false;
  }

  /** How many scores there are. */
  get size(): number {
    return this.#size;
  }

  /** All scores, ascending. */
  sorted(): Float32Array {
    if (!this.#sorted) {
      const all = joinFloats(this.#parts);
      // The parts are dropped before the sort takes its second array.
      this.#parts = [all];
      sortFloats(all);
      this.#sorted = true;
    }
    return this.#parts[0]!;
  }

  /**
   * The highest scores, ascending: `count` of them at least, all that tie with the lowest of these, and perhaps more.
   * Faster than {@link sorted} for a part of them, because the others are counted but not sorted.
   */
  highest(count: number): Float32Array {
    if (this.#sorted) return this.sorted();
    const counts = new Uint32Array(BUCKETS);
    for (const part of this.#parts) {
      const bits = bitsOf(part);
      for (let i = 0; i < bits.length; i++) counts[ascending(bits[i]!) >>> BUCKET_SHIFT]!++;
    }
    let bucket = BUCKETS;
    let found = 0;
    while (bucket > 0 && found < count) found += counts[--bucket]!;
    return sortFloats(this.#from(bucket, found));
  }

  /** The `found` scores of a bucket and those above it. */
  #from(bucket: number, found: number): Float32Array {
    // One place more: every score is written, and the next one overwrites it unless it was taken. No branch to mispredict.
    const out = new Float32Array(found + 1);
    const keep = bitsOf(out);
    let at = 0;
    for (const part of this.#parts) {
      const bits = bitsOf(part);
      for (let i = 0; i < bits.length; i++) {
        keep[at] = bits[i]!;
        at += Number(ascending(bits[i]!) >>> BUCKET_SHIFT >= bucket);
      }
    }
    return out.subarray(0, found);
  }
}

/** One array of all parts. */
export function joinFloats(parts: readonly Float32Array[]): Float32Array {
  const out = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
