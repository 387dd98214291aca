import { type Interval, type MetricResult, PixelIntervals, PixelMetrics } from '@ad/metrics';

// As in the literature.
const FPR_LIMIT = 0.3;

/** A pixel metric and how sure it is. */
export interface Sure {
  value: MetricResult;
  interval: () => MetricResult<Interval>;
}

/** The pixel metrics of an evaluation, fed one image at a time. */
export class PixelScores {
  readonly #metrics = new PixelMetrics();
  readonly #intervals = new PixelIntervals();

  /** Adds a map with its mask; null for a good image. */
  add(map: Float32Array, mask: Uint8Array | null, width: number, height: number): void {
    this.#metrics.add(map, mask, width, height);
    this.#intervals.add(map, mask, width, height);
  }

  /** AUROC over all pixels. */
  auroc(resampling: { seed: number; resamples: number }): Sure {
    return { value: this.#metrics.auroc(), interval: () => this.#intervals.auroc(resampling) };
  }

  /** AUPRO up to a false positive rate of 0.3. */
  aupro(resampling: { seed: number; resamples: number }): Sure {
    return {
      value: this.#metrics.aupro(FPR_LIMIT),
      interval: () => this.#intervals.aupro(FPR_LIMIT, resampling),
    };
  }
}
