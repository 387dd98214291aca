import { sortFloats } from './sort_floats.js';

// Every so many scores one is sampled; a prime, so that it does not fall into step with the rows of a map.
const STRIDE = 61;

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
   * Faster than {@link sorted} for a part of them. A sample only suggests where to cut: what is above is counted, and
   * when it is not enough, everything is sorted.
   */
  highest(count: number): Float32Array {
    const cut = this.#sorted ? undefined : this.#cutFor(count / this.#size);
    if (cut === undefined) return this.sorted();
    const above = this.#from(cut);
    return above.length >= count ? sortFloats(above) : this.sorted();
  }

  /** A score that at least a share of all scores very likely reaches; undefined where a sort of all is as good. */
  #cutFor(share: number): number | undefined {
    const sample = new Float32Array(Math.floor(this.#size / STRIDE));
    let at = 0;
    let next = STRIDE - 1;
    for (const part of this.#parts) {
      for (; next < part.length; next += STRIDE) sample[at++] = part[next]!;
      next -= part.length;
    }
    const deviation = Math.sqrt(sample.length * share * (1 - share));
    const rank = Math.ceil(sample.length * share + 4 * deviation) + 1;
    return rank < sample.length ? sortFloats(sample)[sample.length - rank] : undefined;
  }

  /** All scores from a cut up. */
  #from(cut: number): Float32Array {
    // Every score is written, and the next one overwrites it unless it is taken: no branch to mispredict. Pages beyond
    // those that are taken are never touched.
    const out = new Float32Array(this.#size + 1);
    let taken = 0;
    for (const part of this.#parts) {
      for (let i = 0; i < part.length; i++) {
        const score = part[i]!;
        out[taken] = score;
        taken += Number(score >= cut);
      }
    }
    return out.subarray(0, taken);
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
