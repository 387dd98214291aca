import { MetricError } from './errors.js';
import { FloatPool } from './float_pool.js';
import { addAll, checkPixels, checkSize } from './labelled_map.js';
import { mean } from './placements.js';
import { proArea } from './pro_area.js';
import { checkThreshold } from './range.js';
import { RegionPixels } from './region_pixels.js';
import { defined, type MetricResult, undefinedBecause } from './result.js';

/** One annotated defect, which need not be connected: all of its pixels are one region. */
export interface SaturatingDefect {
  /** `[height, width]`, 1 = part of this defect. */
  mask: Uint8Array;
  /** Pixels that suffice, above 0, at most the defect's area; see {@link saturationArea}. */
  saturation: number;
}

/**
 * Saturated per-region overlap of a test set, one image at a time: of each defect min(found / saturation, 1), so that
 * a misplaced part need not be covered wholly. A good pixel lies in no defect; defects may overlap one another. For
 * the numbers per kind of anomaly that MVTec LOCO reports, use one accumulator per kind and add the good images to each.
 *
 * @see Bergmann et al. 2022 (MVTec LOCO), section 4, equation 1
 * @example
 * const spro = new SproMetrics();
 * for (const { map, defects } of images) spro.add(map, defects, 256, 256);
 * console.log(spro.auspro(0.05), spro.auspro(0.3));
 */
export class SproMetrics {
  readonly #good = new FloatPool();
  readonly #defects = new RegionPixels();

  /**
   * Adds one image.
   *
   * @param map - `[height, width]`, raw scores, finite
   * @param defects - its defects; none for a good image
   * @throws MetricError E_LENGTH, E_NOT_FINITE, E_LABEL, E_EMPTY (a mask without a pixel), E_RANGE (saturation)
   */
  add(map: Float32Array, defects: readonly SaturatingDefect[], width: number, height: number): void {
    const masks = defects.map((defect) => defect.mask);
    checkSize(map, masks, width, height);
    checkPixels(map, masks);
    // All defects are checked before the first is taken, so that a refused image leaves nothing behind.
    const found = defects.map(({ mask, saturation }, i) => {
      const scores = map.filter((_, pixel) => mask[pixel] === 1);
      checkDefect(i, scores.length, saturation);
      return { scores, saturation };
    });
    this.#good.add(map.filter((_, pixel) => !masks.some((mask) => mask[pixel] === 1)));
    for (const { scores, saturation } of found) {
      this.#defects.add(scores, new Uint32Array(scores.length), [saturation]);
    }
  }

  /**
   * Area under the sPRO curve up to a false positive rate of `limit`, divided by it.
   *
   * @param limit - above 0, up to 1; MVTec LOCO's headline is 0.05
   * @returns 0..1; not defined without defects or without good pixels
   * @throws MetricError E_RANGE
   */
  auspro(limit = 0.05): MetricResult {
    return proArea(this.#defects.weighted(), this.#good, limit);
  }

  /**
   * Mean sPRO over defects at score >= threshold.
   *
   * @returns 0..1; not defined without defects
   * @throws MetricError E_RANGE (a threshold that is NaN)
   */
  sproAt(threshold: number): MetricResult {
    checkThreshold(threshold);
    const overlaps = this.#defects.overlaps(threshold);
    return overlaps.length > 0 ? defined(mean(overlaps)) : undefinedBecause('there are no defects');
  }
}

/**
 * Area under the saturated per-region-overlap curve at each of several limits, from one pass over the images.
 *
 * @param images - maps `[height, width]` with their defects; no defect is a good image
 * @param limits - false positive rates, each above 0, up to 1
 * @returns one result per limit; not defined without defects or without good pixels
 * @throws MetricError E_EMPTY, E_LENGTH, E_NOT_FINITE, E_LABEL, E_RANGE
 * @see Bergmann et al. 2022 (MVTec LOCO), section 4, equation 1
 * @example
 * const [at5, at30] = auspro([{ map, defects: [{ mask, saturation: 100 }], width: 256, height: 256 }], [0.05, 0.3]);
 */
export function auspro(
  images: Iterable<{
    map: Float32Array;
    defects: readonly SaturatingDefect[];
    width: number;
    height: number;
  }>,
  limits: readonly number[] = [0.05],
): MetricResult[] {
  const metrics = new SproMetrics();
  addAll(images, ({ map, defects, width, height }) => metrics.add(map, defects, width, height));
  return limits.map((limit) => metrics.auspro(limit));
}

function checkDefect(index: number, area: number, saturation: number): void {
  if (area === 0) {
    throw new MetricError('E_EMPTY', `The mask of defect ${index} has no pixel; expected one at least.`);
  }
  if (saturation > 0 && saturation <= area) return;
  throw new MetricError(
    'E_RANGE',
    `The saturation of defect ${index} is ${saturation}; expected more than 0, at most its ${area} pixels.`,
    'saturationArea() computes it from defects_config.json.',
  );
}
