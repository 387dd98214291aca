import type { F1Max } from './f1_max.js';
import { checkPixels, checkSize } from './labelled_map.js';
import { checkShare } from './range.js';
import { findRegions } from './regions.js';
import { defined, type MetricResult, undefinedBecause } from './result.js';
import { ascending, bitsOf, original } from './sort_floats.js';

/** A number with a bound that is proved, not estimated: the exact one lies within value - error and value + error. */
export interface Bounded {
  value: number;
  error: number;
}

// Sign, exponent and the first 11 bits of the fraction: scores that agree to about 1 in 2,000 share a bin.
const DROPPED_BITS = 12;
const BINS = 2 ** (32 - DROPPED_BITS);

/**
 * Pixel metrics in constant memory, for sets too large for {@link PixelMetrics}: 24 MiB, however many pixels. Not exact:
 * it counts pixels in 2^20 bins of nearly equal scores (bins of the 32-bit float's leading bits, so that no range has to
 * be known and order is kept), and every result states the largest error that the order within bins could cause.
 *
 * @example
 * const pixels = new BoundedErrorPixelMetrics();
 * for await (const { map, mask } of images) pixels.add(map, mask, 1024, 1024);
 * const area = pixels.auroc();
 * if (area.defined) console.log(`${area.value.value} +- ${area.value.error}`);
 */
export class BoundedErrorPixelMetrics {
  readonly #good = new Float64Array(BINS);
  readonly #defective = new Float64Array(BINS);
  /** Sum of 1 / area of the region over the defective pixels of each bin. */
  readonly #overlap = new Float64Array(BINS);
  #goodPixels = 0;
  #defectivePixels = 0;
  #regions = 0;

  /**
   * Adds one image.
   *
   * @param map - `[height, width]`, raw scores, finite
   * @param mask - `[height, width]`, 1 = defective, or null for a good image
   * @throws MetricError E_LENGTH, E_NOT_FINITE, E_LABEL
   */
  add(map: Float32Array, mask: Uint8Array | null, width: number, height: number): void {
    const masks = mask ? [mask] : [];
    checkSize(map, masks, width, height);
    checkPixels(map, masks);
    const bits = bitsOf(map);
    const { labels, areas } = mask ? findRegions(mask, width, height) : { labels: null, areas: [] };
    for (let i = 0; i < bits.length; i++) {
      const bin = ascending(bits[i]!) >>> DROPPED_BITS;
      const region = labels ? labels[i]! : -1;
      if (region < 0) {
        this.#good[bin]!++;
      } else {
        this.#defective[bin]!++;
        this.#overlap[bin]! += 1 / areas[region]!;
      }
    }
    const defective = areas.reduce((sum, area) => sum + area, 0);
    this.#defectivePixels += defective;
    this.#goodPixels += bits.length - defective;
    this.#regions += areas.length;
  }

  /** AUROC over all pixels: those of one bin count as tied, which is wrong by half of their pairs at most. */
  auroc(): MetricResult<Bounded> {
    if (this.#defectivePixels === 0) return undefinedBecause('there are no defective samples');
    if (this.#goodPixels === 0) return undefinedBecause('there are no good samples');
    let below = 0;
    let area = 0;
    let error = 0;
    for (let bin = 0; bin < BINS; bin++) {
      const share = this.#defective[bin]! / this.#defectivePixels;
      const good = this.#good[bin]! / this.#goodPixels;
      area += share * (below + good / 2);
      error += (share * good) / 2;
      below += good;
    }
    return defined({ value: area, error });
  }

  /**
   * AUPRO over all images up to a false positive rate of `limit`. Between the two ends of a bin the curve is only known
   * to rise, so the bin is wrong by half of its rectangle at most.
   *
   * @throws MetricError E_RANGE
   */
  aupro(limit = 0.3): MetricResult<Bounded> {
    checkShare('false-positive-rate limit', limit);
    if (this.#regions === 0) return undefinedBecause('no mask has a defective region');
    if (this.#goodPixels === 0) return undefinedBecause('there are no good pixels');
    let negatives = 0;
    let pro = 0;
    let area = 0;
    let error = 0;
    for (let bin = BINS - 1; bin >= 0 && negatives / this.#goodPixels < limit; bin--) {
      const fpr = negatives / this.#goodPixels;
      negatives += this.#good[bin]!;
      const width = Math.min(limit, negatives / this.#goodPixels) - fpr;
      const rise = this.#overlap[bin]! / this.#regions;
      area += width * (pro + rise / 2);
      error += (width * rise) / 2;
      pro += rise;
    }
    return defined({ value: area / limit, error: error / limit });
  }

  /** A lower bound of the best F1, which its threshold attains; the exact one is at most `f1 + error`. */
  f1Max(): MetricResult<F1Max & { error: number }> {
    if (this.#defectivePixels === 0) return undefinedBecause('there are no defective samples');
    let tp = 0;
    let fp = 0;
    let highest = 0;
    let best = { f1: -1, bin: 0 };
    for (let bin = BINS - 1; bin >= 0; bin--) {
      const fpBefore = fp;
      tp += this.#defective[bin]!;
      fp += this.#good[bin]!;
      const f1 = (2 * tp) / (tp + fp + this.#defectivePixels);
      highest = Math.max(highest, (2 * tp) / (tp + fpBefore + this.#defectivePixels));
      if (f1 > best.f1) best = { f1, bin };
    }
    return defined({ f1: best.f1, threshold: leastOf(best.bin), error: highest - best.f1 });
  }
}

/** The smallest score of a bin. */
function leastOf(bin: number): number {
  return new Float32Array(Uint32Array.of(original((bin << DROPPED_BITS) >>> 0)).buffer)[0]!;
}
