import type { FloatPool } from './float_pool.js';
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
 * Area under the per-region-overlap curve up to a false positive rate, divided by it: every distinct score is a
 * threshold, the curve is piecewise linear, and the value at the limit is interpolated (Bergmann et al. 2020, section
 * 5; 2021, section 6.2). Good pixels below the limit are never looked at.
 *
 * @param good - scores of all good pixels
 */
export function proArea(pixels: WeightedPixels, good: FloatPool, limit: number): MetricResult {
  checkShare('false-positive-rate limit', limit);
  if (pixels.regions === 0) return undefinedBecause('no mask has a defective region');
  if (good.size === 0) return undefinedBecause('there are no good pixels');
  const negatives = good.highest(Math.ceil(limit * good.size));
  const { scores, weights, regions } = pixels;
  let p = scores.length;
  let n = negatives.length;
  let found = 0;
  let area = 0;
  let fpr = 0;
  let pro = 0;
  while (true) {
    const threshold = p > 0 ? scores[p - 1]! : Number.NEGATIVE_INFINITY;
    // To the right, past the good pixels above the threshold.
    while (n > 0 && negatives[n - 1]! > threshold) n--;
    const passed = (negatives.length - n) / good.size;
    if (passed >= limit) return defined((area + (limit - fpr) * pro) / limit);
    area += (passed - fpr) * pro;
    // Up, and to the right at once where good pixels tie.
    while (p > 0 && scores[p - 1] === threshold) found += weights[--p]!;
    while (n > 0 && negatives[n - 1] === threshold) n--;
    fpr = (negatives.length - n) / good.size;
    // Sums of 1 / area may round to a little above a whole region.
    const risen = Math.min(1, found / regions);
    if (fpr >= limit) {
      const atLimit = pro + ((limit - passed) / (fpr - passed)) * (risen - pro);
      return defined((area + ((limit - passed) * (pro + atLimit)) / 2) / limit);
    }
    area += ((fpr - passed) * (pro + risen)) / 2;
    pro = risen;
  }
}
