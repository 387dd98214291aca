import { MetricError } from './errors.js';
import { FloatPool } from './float_pool.js';
import { addAll, checkPixels, checkSize, type LabelledMap } from './labelled_map.js';
import { mean } from './placements.js';
import { defined, type MetricResult, undefinedBecause } from './result.js';
import { countUpTo } from './search.js';
import { sortFloats } from './sort_floats.js';

/** AUPIMO of a test set. */
export interface Aupimo {
  /** Mean over defective images. */
  mean: number;
  /** Of each defective image, in the order in which they were added, 0..1. */
  perImage: Float64Array;
}

/** Good images of one size: pooled, they have the mean of their false positive rates. */
interface Group {
  images: number;
  pixels: number;
  pool: FloatPool;
}

/** A stretch of false positive rates that ask for the same threshold. */
interface Stretch {
  /** Predict defective at `score > above`. */
  above: number;
  /** Its share of the logarithmic range. */
  share: number;
}

/**
 * Per-image overlap of a test set, one image at a time. Holds 4 bytes per pixel of good images and per defective pixel.
 * See {@link aupimo} for the definition.
 *
 * @example
 * const metrics = new PimoMetrics();
 * for (const { map, mask } of images) metrics.add(map, mask, 224, 224);
 * console.log(metrics.aupimo());
 */
export class PimoMetrics {
  readonly #groups = new Map<number, Group>();
  readonly #defective: Float32Array[] = [];

  /**
   * Adds one image.
   *
   * @param map - `[height, width]`, raw scores, finite
   * @param mask - `[height, width]`, 1 = defective; null or all 0 for a good image
   * @throws MetricError E_LENGTH, E_NOT_FINITE, E_LABEL
   */
  add(map: Float32Array, mask: Uint8Array | null, width: number, height: number): void {
    const masks = mask ? [mask] : [];
    checkSize(map, masks, width, height);
    checkPixels(map, masks);
    if (mask?.includes(1)) {
      this.#defective.push(sortFloats(map.filter((_, pixel) => mask[pixel] === 1)));
      return;
    }
    const group = this.#groups.get(map.length) ?? { images: 0, pixels: map.length, pool: new FloatPool() };
    group.images++;
    group.pool.add(map.slice());
    this.#groups.set(map.length, group);
  }

  /**
   * {@link aupimo} of what was added.
   *
   * @throws MetricError E_RANGE
   */
  aupimo(low = 1e-5, high = 1e-4): MetricResult<Aupimo> {
    if (!(low > 0 && low < high && high <= 1)) {
      throw new MetricError('E_RANGE', `The range is ${low} to ${high}; expected 0 < low < high <= 1.`);
    }
    if (this.#defective.length === 0) return undefinedBecause('there are no defective images');
    const groups = [...this.#groups.values()];
    const images = groups.reduce((sum, group) => sum + group.images, 0);
    if (images === 0) return undefinedBecause('there are no good images');
    const finest = 1 / (images * Math.max(...groups.map((group) => group.pixels)));
    if (finest > low) {
      return undefinedBecause(
        `the good images have too few pixels: a rate of ${low} is less than one of them`,
      );
    }
    const stretches = stretchesOf(groups, images, low, high);
    const perImage = Float64Array.from(this.#defective, (scores) => {
      let area = 0;
      for (const { above, share } of stretches) area += share * (scores.length - countUpTo(scores, above));
      return Math.min(1, area / scores.length);
    });
    return defined({ mean: mean(perImage), perImage });
  }
}

/** From the highest good score down: between two false positive rates that are attained, the stricter one holds. */
function stretchesOf(groups: readonly Group[], images: number, low: number, high: number): Stretch[] {
  const sorted = groups.map((group) => group.pool.sorted());
  const left = sorted.map((scores) => scores.length);
  const stretches: Stretch[] = [];
  for (let fpr = 0; fpr < high; ) {
    let above = Number.NEGATIVE_INFINITY;
    sorted.forEach((scores, g) => {
      if (left[g]! > 0) above = Math.max(above, scores[left[g]! - 1]!);
    });
    sorted.forEach((scores, g) => {
      while (left[g]! > 0 && scores[left[g]! - 1] === above) left[g]!--;
    });
    let next = 0;
    groups.forEach(({ pixels }, g) => {
      next += (sorted[g]!.length - left[g]!) / pixels;
    });
    next /= images;
    const share = Math.log(Math.min(high, next) / Math.max(low, fpr)) / Math.log(high / low);
    if (next > low) stretches.push({ above, share });
    fpr = next;
  }
  return stretches;
}

/**
 * Area under the per-image-overlap curve: for each defective image its true positive rate as a function of the false
 * positive rate z, averaged over `low` <= z <= `high` on a logarithmic scale. The rate z is shared: the mean over good
 * images of the share of their pixels that is called defective; its threshold is the lowest at which that is at most z,
 * so every attained rate is a step and nothing is interpolated.
 *
 * @param images - maps and masks `[height, width]`; a null or empty mask is a good image
 * @param low - lower false positive rate, above 0
 * @param high - upper false positive rate, above `low`, up to 1
 * @returns not defined without good or defective images, or with too few good pixels to tell `low` from 0
 * @throws MetricError E_EMPTY, E_LENGTH, E_NOT_FINITE, E_LABEL, E_RANGE
 * @see Bertoldo et al. 2024 (AUPIMO), section 3
 * @example
 * const result = aupimo(images);
 * if (result.defined) console.log(result.value.mean, result.value.perImage);
 */
export function aupimo(images: Iterable<LabelledMap>, low = 1e-5, high = 1e-4): MetricResult<Aupimo> {
  const metrics = new PimoMetrics();
  addAll(images, ({ map, mask, width, height }) => metrics.add(map, mask, width, height));
  return metrics.aupimo(low, high);
}
