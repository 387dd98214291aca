import { checkShare } from './range.js';
import { defined, type MetricResult, undefinedBecause } from './result.js';

/** Pixels of ground-truth regions, each with what it adds to the per-region overlap when it is found. */
export interface WeightedPixels {
  /** Ascending. */
  scores: Float32Array;
  /** What the pixel adds when everything above it is found: 1 / area of its region, until the region is saturated. */
  weights: Float64Array;
  regions: number;
}

/**
 * Area under the per-region-overlap curve up to a false positive rate, divided by it, of pixels that are sorted
 * already: every distinct score is a threshold, the curve is piecewise linear, and the value at the limit is
 * interpolated (Bergmann et al. 2020, section 5; 2021, section 6.2).
 *
 * @param negatives - scores of good pixels, ascending
 */
export function proArea(pixels: WeightedPixels, negatives: Float32Array, limit: number): MetricResult {
  checkShare('false-positive-rate limit', limit);
  if (pixels.regions === 0) return undefinedBecause('no mask has a defective region');
  if (negatives.length === 0) return undefinedBecause('there are no good pixels');
  let p = pixels.scores.length;
  let n = negatives.length;
  let found = 0;
  let area = 0;
  let lastFpr = 0;
  let lastPro = 0;
  while (p > 0 || n > 0) {
    const threshold = Math.max(
      p > 0 ? pixels.scores[p - 1]! : Number.NEGATIVE_INFINITY,
      n > 0 ? negatives[n - 1]! : Number.NEGATIVE_INFINITY,
    );
    while (p > 0 && pixels.scores[p - 1] === threshold) found += pixels.weights[--p]!;
    while (n > 0 && negatives[n - 1] === threshold) n--;
    const fpr = (negatives.length - n) / negatives.length;
    // Sums of 1 / area may round to a little above a whole region.
    const pro = Math.min(1, found / pixels.regions);
    if (fpr >= limit) {
      const share = fpr > lastFpr ? (limit - lastFpr) / (fpr - lastFpr) : 0;
      const atLimit = lastPro + share * (pro - lastPro);
      area += ((limit - lastFpr) * (lastPro + atLimit)) / 2;
      return defined(area / limit);
    }
    area += ((fpr - lastFpr) * (lastPro + pro)) / 2;
    lastFpr = fpr;
    lastPro = pro;
  }
  return defined(area / limit);
}
