import { joinFloats } from './float_pool.js';
import type { WeightedPixels } from './pro_area.js';
import { countBelow } from './search.js';
import { sortPairs } from './sort_floats.js';

/** Scores of the pixels of ground-truth regions, each pixel with its region; 8 bytes each, 24 when sorted. */
export class RegionPixels {
  readonly #scores: Float32Array[] = [];
  readonly #regions: Uint32Array[] = [];
  /** Pixels of each region that count as all of it: its area, or less where it saturates. */
  readonly #saturations: number[] = [];
  #sorted: { weighted: WeightedPixels; regions: Uint32Array } | undefined;

  /**
   * Adds pixels of new regions.
   *
   * @param scores - one per pixel
   * @param regions - for each pixel its region, counted from 0 within this call; changed to count over all calls
   * @param saturations - pixels of each region that suffice
   */
  add(scores: Float32Array, regions: Uint32Array, saturations: readonly number[]): void {
    const first = this.#saturations.length;
    if (first > 0) for (let i = 0; i < regions.length; i++) regions[i]! += first;
    for (const saturation of saturations) this.#saturations.push(saturation);
    this.#scores.push(scores);
    this.#regions.push(regions);
    this.#sorted = undefined;
  }

  /** The pixels by ascending score. */
  weighted(): WeightedPixels {
    return this.#sort().weighted;
  }

  /** For each region the share that is found at score >= threshold, at most 1. */
  overlaps(threshold: number): Float64Array {
    const { weighted, regions } = this.#sort();
    const overlaps = new Float64Array(this.#saturations.length);
    for (let i = countBelow(weighted.scores, threshold); i < regions.length; i++) overlaps[regions[i]!]!++;
    return overlaps.map((found, region) => Math.min(1, found / this.#saturations[region]!));
  }

  #sort(): { weighted: WeightedPixels; regions: Uint32Array } {
    this.#sorted ??= (() => {
      const scores = joinFloats(this.#scores);
      const regions = joinRegions(this.#regions, scores.length);
      sortPairs(scores, regions);
      const weights = this.#weights(regions);
      return { weighted: { scores, weights, regions: this.#saturations.length }, regions };
    })();
    return this.#sorted;
  }

  /** From the highest score down, 1 / saturation for each pixel until its region is saturated, then nothing. */
  #weights(regions: Uint32Array): Float64Array {
    const found = new Uint32Array(this.#saturations.length);
    const weights = new Float64Array(regions.length);
    for (let i = regions.length - 1; i >= 0; i--) {
      const region = regions[i]!;
      const left = this.#saturations[region]! - found[region]!++;
      if (left > 0) weights[i] = Math.min(1, left) / this.#saturations[region]!;
    }
    return weights;
  }
}

function joinRegions(parts: readonly Uint32Array[], length: number): Uint32Array {
  const out = new Uint32Array(length);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
