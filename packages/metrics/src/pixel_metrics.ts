import { aurocOf } from './auroc.js';
import { auprTrapezoidOf, averagePrecisionOf } from './average_precision.js';
import type { Confusion } from './confusion.js';
import { type PrCurve, prCurveOf, type RocCurve, rocCurveOf } from './curves.js';
import { type F1Max, f1MaxOf } from './f1_max.js';
import { fprAtTprOf, type OperatingPoint, operatingPointAtRecallOf, pointAt } from './operating_point.js';
import { type PartialAuroc, partialAurocOf } from './partial_auroc.js';
import { mean } from './placements.js';
import { proArea } from './pro_area.js';
import { checkShare, checkThreshold } from './range.js';
import { defined, type MetricResult, undefinedBecause } from './result.js';
import type { ClassScores } from './scores.js';
import { SplitMaps } from './split_maps.js';

/**
 * Pixel metrics of a test set, one image at a time: anomaly maps go in with their masks, numbers over all pixels of
 * all images come out. Exact; holds 4 bytes per pixel and 4 more while it sorts, plus 24 per defective pixel; until the
 * garbage collector has run, what the images were added in takes 4 more.
 * For sets too large for that see {@link BoundedErrorPixelMetrics}.
 *
 * @example
 * const pixels = new PixelMetrics();
 * for (const { map, mask } of images) pixels.add(map, mask, 224, 224);
 * console.log(pixels.auroc(), pixels.aupro(0.3));
 */
export class PixelMetrics {
  readonly #maps = new SplitMaps();

  /**
   * Adds one image.
   *
   * @param map - `[height, width]`, raw scores, finite
   * @param mask - `[height, width]`, 1 = defective, or null for a good image
   * @throws MetricError E_LENGTH, E_NOT_FINITE, E_LABEL
   */
  add(map: Float32Array, mask: Uint8Array | null, width: number, height: number): void {
    this.#maps.add(map, mask, width, height);
  }

  /** {@link auroc} over all pixels. */
  auroc(): MetricResult {
    return aurocOf(this.#sorted());
  }

  /** {@link partialAuroc} over all pixels. */
  partialAuroc(limit: number): MetricResult<PartialAuroc> {
    return partialAurocOf(this.#sorted(), limit);
  }

  /** {@link rocCurve} over all pixels: 24 bytes per distinct score. */
  rocCurve(): MetricResult<RocCurve> {
    return rocCurveOf(this.#sorted());
  }

  /** {@link prCurve} over all pixels: 24 bytes per distinct score. */
  prCurve(): MetricResult<PrCurve> {
    return prCurveOf(this.#sorted());
  }

  /** {@link averagePrecision} over all pixels. */
  averagePrecision(): MetricResult {
    return averagePrecisionOf(this.#sorted());
  }

  /** {@link auprTrapezoid} over all pixels. */
  auprTrapezoid(): MetricResult {
    return auprTrapezoidOf(this.#sorted());
  }

  /** Best F1 over all pixels and its threshold. */
  f1Max(): MetricResult<F1Max> {
    return f1MaxOf(this.#sorted());
  }

  /** {@link fprAtTpr} over all pixels. */
  fprAtTpr(tpr = 0.95): MetricResult {
    return fprAtTprOf(this.#sorted(), tpr);
  }

  /** {@link operatingPointAtRecall} over all pixels. */
  operatingPointAtRecall(recall = 1): MetricResult<OperatingPoint> {
    return operatingPointAtRecallOf(this.#sorted(), recall);
  }

  /** Counts over all pixels at score >= threshold: what {@link iou} and {@link dice} take. */
  confusionAt(threshold: number): Confusion {
    checkThreshold(threshold);
    const { threshold: _, ...counts } = pointAt(this.#sorted(), threshold);
    return counts;
  }

  /** {@link aupro} over all images: 8-connected regions, up to a false positive rate of `limit`, divided by it. */
  aupro(limit = 0.3): MetricResult {
    return proArea(this.#maps.regions.weighted(), this.#maps.good, limit);
  }

  /**
   * Per-region overlap at a threshold: the mean over regions of the share that is found at score >= threshold.
   *
   * @returns 0..1; not defined without regions
   * @throws MetricError E_RANGE (a threshold that is NaN)
   * @see Bergmann et al. 2020 (CVPR), section 5
   */
  proAt(threshold: number): MetricResult {
    return this.#overRegions(threshold, (overlap) => overlap);
  }

  /**
   * Share of regions that are hit: found with at least `overlap` of their area at score >= threshold. By default one
   * pixel is enough.
   *
   * @param overlap - above 0, up to 1
   * @returns 0..1; not defined without regions
   * @throws MetricError E_RANGE (a threshold that is NaN, the overlap)
   */
  regionHitRate(threshold: number, overlap = Number.MIN_VALUE): MetricResult {
    checkShare('overlap', overlap);
    return this.#overRegions(threshold, (found) => Number(found >= overlap));
  }

  #overRegions(threshold: number, value: (overlap: number) => number): MetricResult {
    checkThreshold(threshold);
    const overlaps = this.#maps.regions.overlaps(threshold);
    return overlaps.length > 0
      ? defined(mean(overlaps.map(value)))
      : undefinedBecause('no mask has a defective region');
  }

  #sorted(): ClassScores {
    return { positives: this.#maps.regions.weighted().scores, negatives: this.#maps.good.sorted() };
  }
}
