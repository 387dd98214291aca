import { sortFloats } from './sort_floats.js';

/** Scores that arrive in parts: 4 bytes each, and 4 more while they are joined and sorted, once they are asked for. */
export class FloatPool {
  #parts: Float32Array[] = [];
  #sorted = false;

  /** Takes a part over; the caller must not change it afterwards. */
  add(part: Float32Array): void {
    this.#parts.push(part);
    this.#sorted = false;
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
