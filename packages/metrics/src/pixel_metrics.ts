import { auproOf, type WeightedPixels } from './aupro.js';
import { aurocOf } from './auroc.js';
import { MetricError } from './errors.js';
import { type F1Max, f1MaxOf } from './f1_max.js';
import { findRegions } from './regions.js';
import type { MetricResult } from './result.js';
import { ascending, sortFloats } from './sort_floats.js';

/** What is kept of one image. */
interface Kept {
  good: Float32Array;
  defective: Float32Array;
  /** Region of each defective pixel, numbered over all images. */
  regions: Uint32Array;
}

/**
 * Pixel metrics of a test set, one image at a time: anomaly maps go in with their masks, numbers over all pixels of
 * all images come out. Exact; holds 4 bytes per pixel and 4 more while it sorts.
 *
 * @example
 * const pixels = new PixelMetrics();
 * for (const { map, mask } of images) pixels.add(map, mask, 224, 224);
 * console.log(pixels.auroc(), pixels.aupro(0.3));
 */
export class PixelMetrics {
  readonly #kept: Kept[] = [];
  readonly #areas: number[] = [];
  #sorted: { positives: Float32Array; negatives: Float32Array; pixels: WeightedPixels } | undefined;

  /**
   * Adds one image.
   *
   * @param map - `[height, width]`, raw scores, finite
   * @param mask - `[height, width]`, 1 = defective, or null for a good image
   * @throws MetricError E_LENGTH, E_NOT_FINITE, E_LABEL
   */
  add(map: Float32Array, mask: Uint8Array | null, width: number, height: number): void {
    const pixels = width * height;
    if (map.length !== pixels || (mask && mask.length !== pixels)) {
      const found = `map ${map.length}${mask ? `, mask ${mask.length}` : ''}`;
      throw new MetricError('E_LENGTH', `${width} x ${height} = ${pixels} pixels expected; found: ${found}.`);
    }
    checkPixels(map, mask);
    this.#sorted = undefined;
    this.#kept.push(mask ? this.#split(map, mask, width, height) : whole(map));
  }

  /** AUROC over all pixels; not defined without defective or without good ones. */
  auroc(): MetricResult {
    return aurocOf(this.#sort());
  }

  /** Best F1 over all pixels and its threshold. */
  f1Max(): MetricResult<F1Max> {
    return f1MaxOf(this.#sort());
  }

  /** {@link aupro} over all images: 8-connected regions, up to a false positive rate of `limit`, divided by it. */
  aupro(limit = 0.3): MetricResult {
    const { pixels, negatives } = this.#sort();
    return auproOf(pixels, negatives, limit);
  }

  #split(map: Float32Array, mask: Uint8Array, width: number, height: number): Kept {
    const { labels, areas } = findRegions(mask, width, height);
    const first = this.#areas.length;
    this.#areas.push(...areas);
    const count = areas.reduce((a, b) => a + b, 0);
    const kept: Kept = {
      good: new Float32Array(map.length - count),
      defective: new Float32Array(count),
      regions: new Uint32Array(count),
    };
    let g = 0;
    let d = 0;
    for (let i = 0; i < map.length; i++) {
      if (labels[i]! < 0) {
        kept.good[g++] = map[i]!;
      } else {
        kept.regions[d] = first + labels[i]!;
        kept.defective[d++] = map[i]!;
      }
    }
    return kept;
  }

  #sort() {
    this.#sorted ??= (() => {
      const negatives = sortFloats(joined(this.#kept.map((kept) => kept.good)));
      const pixels = this.#weightedPixels();
      return { positives: pixels.scores, negatives, pixels };
    })();
    return this.#sorted;
  }

  /** Defective pixels by ascending score; the order among equal scores does not matter, so keys need not be stable. */
  #weightedPixels(): WeightedPixels {
    const scores = joined(this.#kept.map((kept) => kept.defective));
    const regions = this.#kept.flatMap((kept) => [...kept.regions]);
    for (let i = 0; i < scores.length; i++) scores[i]! += 0;
    const bits = new Uint32Array(scores.buffer);
    // Order-preserving bits above, place below: one 64-bit number per pixel, sorted natively.
    const keys = new BigUint64Array(scores.length);
    const halves = new Uint32Array(keys.buffer);
    for (let i = 0; i < scores.length; i++) {
      halves[2 * i] = i;
      halves[2 * i + 1] = ascending(bits[i]!);
    }
    keys.sort();
    const sorted = new Float32Array(scores.length);
    const weights = new Float64Array(scores.length);
    for (let i = 0; i < scores.length; i++) {
      const from = halves[2 * i]!;
      sorted[i] = scores[from]!;
      weights[i] = 1 / this.#areas[regions[from]!]!;
    }
    return { scores: sorted, weights, regions: this.#areas.length };
  }
}

/**
 * Area under the per-region-overlap curve: the mean over ground-truth regions (8-connected) of the share that is
 * found, against the false positive rate over all good pixels, integrated to `limit` and divided by it. Every distinct
 * score is a threshold; the value at the limit is interpolated.
 *
 * @param images - maps and masks `[height, width]`; a null mask is a good image
 * @returns 0..1; not defined without regions or without good pixels
 * @throws MetricError E_EMPTY, E_LENGTH, E_NOT_FINITE, E_LABEL, E_RANGE
 * @see Bergmann et al. 2020 (CVPR), section 5
 * @example
 * aupro([{ map, mask, width: 224, height: 224 }], 0.3);
 */
export function aupro(
  images: Iterable<{ map: Float32Array; mask: Uint8Array | null; width: number; height: number }>,
  limit = 0.3,
): MetricResult {
  const metrics = new PixelMetrics();
  let count = 0;
  for (const { map, mask, width, height } of images) {
    metrics.add(map, mask, width, height);
    count++;
  }
  if (count === 0) throw new MetricError('E_EMPTY', 'There are no images.');
  return metrics.aupro(limit);
}

function whole(map: Float32Array): Kept {
  return { good: map.slice(), defective: new Float32Array(0), regions: new Uint32Array(0) };
}

function joined(parts: Float32Array[]): Float32Array {
  const out = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function checkPixels(map: Float32Array, mask: Uint8Array | null): void {
  for (let i = 0; i < map.length; i++) {
    if (!Number.isFinite(map[i])) {
      throw new MetricError('E_NOT_FINITE', `The map's value at pixel ${i} is ${map[i]}; expected a finite number.`);
    }
    if (mask && mask[i]! > 1) {
      throw new MetricError(
        'E_LABEL',
        `The mask's value at pixel ${i} is ${mask[i]}; expected 0 or 1.`,
        'Threshold the mask first, for 8-bit images at 128.',
      );
    }
  }
}
