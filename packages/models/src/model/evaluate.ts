import type { AdError } from '@ad/core-native';
import type { Interval } from '@ad/metrics';
import type { Sample } from '../data/index.js';
import { loadMask } from '../image/index.js';
import type { FeatureCache } from '../pipeline/feature_cache.js';
import type { Timing } from '../pipeline/timing.js';
import { labelledOf } from './labelled.js';
import { measure } from './measure.js';
import { PixelScores } from './pixel_scores.js';
import type { MemberScore } from './prediction.js';
import type { ScoringModel } from './scoring_model.js';

/** Numbers over a labelled test set; null where there is none, with a note saying why. */
export interface Metrics {
  image_auroc: number | null;
  image_f1_max: number | null;
  /** At the model's own threshold. */
  image_balanced_accuracy: number | null;
  pixel_auroc: number | null;
  aupro: number | null;
}

/** What evaluation says of one image. */
export interface EvaluatedImage {
  path: string;
  label: Sample['label'];
  score: number;
  anomalous: boolean | null;
  /** An ensemble's members with their raw scores. */
  members?: readonly MemberScore[];
}

export interface Evaluation {
  metrics: Metrics;
  /** 95 % confidence interval of each metric: DeLong's for AUROC, bootstraps for the others. */
  intervals: Record<keyof Metrics, Interval | null>;
  predictions: EvaluatedImage[];
  /** Why a metric is null, and what a reader should know of the others. */
  notes: string[];
}

export interface EvaluateOptions {
  signal?: AbortSignal | undefined;
  threads?: number | undefined;
  timing?: Timing | undefined;
  onProgress?: ((share: number) => void) | undefined;
  /** Feature maps kept from other calls on the same images. */
  cache?: FeatureCache | undefined;
  onUnreadable?: ((path: string, error: AdError) => void) | undefined;
}

/**
 * Scores labelled images and computes the field's metrics on raw scores. Pixel metrics are taken at the model's input
 * size (masks by nearest neighbour), over all images that are good or have a mask.
 *
 * @throws AdError E_IMAGE; E_TOO_FEW_IMAGES where none is labelled
 * @example
 * const { metrics, notes } = await evaluate(model, data.test);
 */
export async function evaluate(
  model: ScoringModel,
  samples: readonly Sample[],
  options: EvaluateOptions = {},
): Promise<Evaluation> {
  const { signal, threads, timing, cache, onProgress, onUnreadable } = options;
  const labelled = labelledOf(samples);
  const pixels = new PixelScores();
  const predictions: EvaluatedImage[] = [];
  let withoutMask = 0;
  let located = true;
  const scored = model.scoreAll(labelled, (sample) => sample.path, {
    signal,
    threads,
    timing,
    cache,
    onUnreadable: onUnreadable && ((sample, error) => onUnreadable(sample.path, error)),
  });
  for await (const [{ path, label, mask }, { score, inputMap, geometry, members }] of scored) {
    const { value } = model.thresholds.image;
    const anomalous = value === null ? null : score >= value;
    predictions.push({ path, label, score, anomalous, ...(members && { members }) });
    if (inputMap === null) {
      located = false;
    } else if (label === 'good' || mask !== null) {
      const truth = mask === null ? null : await loadMask(mask, geometry);
      pixels.add(inputMap, truth, geometry.input.width, geometry.input.height);
    } else {
      withoutMask++;
    }
    onProgress?.(predictions.length / labelled.length);
  }
  const notes: string[] = [];
  if (withoutMask > 0)
    notes.push(`${withoutMask} defective images have no mask and are left out of the pixel metrics.`);
  const seen = located ? pixels : null;
  const { metrics, intervals } = measure(predictions, seen, model.thresholds.image.value, notes);
  if (model.thresholds.image.origin === 'f1') {
    notes.push(
      'The threshold was chosen by F1 on labelled images; where they are these same images, the balanced accuracy flatters.',
    );
  }
  return { metrics, intervals, predictions, notes };
}
