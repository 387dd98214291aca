import type { Interval } from './delong.js';
import { type AlignedImage, alignBins, binImage, type ImageBins } from './image_bins.js';
import { checkPixels, checkSize } from './labelled_map.js';
import { checkShare } from './range.js';
import { type BootstrapOptions, resampleInterval } from './resample.js';
import { defined, type MetricResult, undefinedBecause } from './result.js';

/** Pixels of a resample by bin, ascending. */
interface Totals {
  good: Float64Array;
  defective: Float64Array;
  overlap: Float64Array;
  regions: number;
}

/**
 * How sure pixel AUROC and AUPRO are: bootstrap intervals that draw whole images, because pixels of one image are not
 * independent; images with and without defects are drawn apart. Resamples count pixels in bins of scores that agree to
 * about 1 in 1,000, so an interval's ends are approximate; the number itself is {@link PixelMetrics}'.
 *
 * @example
 * const sure = new PixelIntervals();
 * for (const { map, mask } of images) sure.add(map, mask, 224, 224);
 * sure.aupro(0.3, { seed: 0, resamples: 1000 });
 */
export class PixelIntervals {
  readonly #images: ImageBins[] = [];

  /**
   * Adds one image; its bins are kept, not its pixels.
   *
   * @param map - `[height, width]`, raw scores, finite
   * @param mask - `[height, width]`, 1 = defective, or null for a good image
   * @throws MetricError E_LENGTH, E_NOT_FINITE, E_LABEL
   */
  add(map: Float32Array, mask: Uint8Array | null, width: number, height: number): void {
    const masks = mask ? [mask] : [];
    checkSize(map, masks, width, height);
    checkPixels(map, masks);
    this.#images.push(binImage({ map, mask, width, height }));
  }

  /** Of {@link PixelMetrics.auroc}. @throws MetricError E_RANGE */
  auroc(options: BootstrapOptions): MetricResult<Interval> {
    return this.#interval(aurocOf, options);
  }

  /** Of {@link PixelMetrics.aupro}. @throws MetricError E_RANGE */
  aupro(limit: number, options: BootstrapOptions): MetricResult<Interval> {
    checkShare('false-positive-rate limit', limit);
    return this.#interval((totals) => auproOf(totals, limit), options);
  }

  #interval(statistic: (totals: Totals) => MetricResult, options: BootstrapOptions): MetricResult<Interval> {
    const images = alignBins(this.#images);
    const times = new Uint32Array(images.length).fill(1);
    const whole = statistic(totalsOf(images, times));
    if (!whole.defined) return whole;
    const numbered = images.map(({ regions }, i) => ({ i, defective: regions > 0 }));
    const strata = [false, true].map((wanted) => numbered.filter(({ defective }) => defective === wanted));
    return resampleInterval(
      strata.map((stratum) => stratum.length),
      (drawn) => {
        times.fill(0);
        for (const [s, members] of drawn.entries()) for (const m of members) times[strata[s]![m]!.i]!++;
        return statistic(totalsOf(images, times));
      },
      options,
    );
  }
}

/** Pixels of all images, each image counted so many times. */
function totalsOf(images: readonly AlignedImage[], times: Uint32Array): Totals {
  const size = images[0]?.binsOfAll ?? 0;
  const counts = () => new Float64Array(size);
  const totals = { good: counts(), defective: counts(), overlap: counts(), regions: 0 };
  for (const [i, { places, good, defective, overlap, regions }] of images.entries()) {
    const count = times[i]!;
    if (count === 0) continue;
    for (let entry = 0; entry < places.length; entry++) {
      const at = places[entry]!;
      totals.good[at]! += count * good[entry]!;
      totals.defective[at]! += count * defective[entry]!;
      totals.overlap[at]! += count * overlap[entry]!;
    }
    totals.regions += count * regions;
  }
  return totals;
}

/** Pixels of one bin count as tied. */
function aurocOf({ good, defective }: Totals): MetricResult {
  let below = 0;
  let pairs = 0;
  let defects = 0;
  for (let bin = 0; bin < good.length; bin++) {
    pairs += defective[bin]! * (below + good[bin]! / 2);
    defects += defective[bin]!;
    below += good[bin]!;
  }
  if (defects === 0) return undefinedBecause('there are no defective samples');
  if (below === 0) return undefinedBecause('there are no good samples');
  return defined(pairs / (defects * below));
}

/** Within a bin the curve is taken as straight. */
function auproOf({ good, overlap, regions }: Totals, limit: number): MetricResult {
  const goodPixels = good.reduce((sum, count) => sum + count, 0);
  if (regions === 0) return undefinedBecause('no mask has a defective region');
  if (goodPixels === 0) return undefinedBecause('there are no good pixels');
  let fpr = 0;
  let pro = 0;
  let area = 0;
  for (let bin = good.length - 1; bin >= 0 && fpr < limit; bin--) {
    const width = good[bin]! / goodPixels;
    const rise = overlap[bin]! / regions;
    const inside = Math.min(1, (limit - fpr) / width);
    if (width > 0) area += inside * width * (pro + (inside * rise) / 2);
    fpr += width;
    pro += rise;
  }
  return defined(area / limit);
}
