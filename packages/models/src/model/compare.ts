import { type AurocComparison, compareAurocs, f1Max } from '@ad/metrics';
import type { Sample } from '../data/index.js';
import type { EvaluateOptions } from './evaluate.js';
import { labelledOf } from './labelled.js';
import type { ScoringModel } from './scoring_model.js';

/** What one of two models says of an image. */
export interface Verdict {
  score: number;
  /** By the model's threshold; where it has none, by the F1-optimal one on these images. */
  anomalous: boolean;
  /** Share of the images with a lower score, 0..1: scores of two models have no common scale, ranks do. */
  rank: number;
}

/** One image as two models see it. */
export interface ComparedImage {
  sample: Sample;
  first: Verdict;
  second: Verdict;
}

/** Two models on the same images. */
export interface ModelComparison {
  /** DeLong's paired test; null where it is not defined, `reason` says why. */
  auroc: AurocComparison | null;
  reason: string | null;
  images: ComparedImage[];
  /** Images with different verdicts, those of the most different ranks first. */
  disagreements: ComparedImage[];
  /** Of the defective and good images that the verdicts are right about: both, only the first, only the second, none. */
  right: { both: number; first: number; second: number; none: number };
}

/**
 * Scores the same labelled images with two models: whether they differ in AUROC (paired, as the images are shared), and
 * where they disagree.
 *
 * @throws AdError E_IMAGE; E_TOO_FEW_IMAGES where none is labelled
 * @example
 * const { auroc, disagreements } = await compareModels(patchcore, padim, data.test);
 * if (auroc && auroc.pValue < 0.05) console.log('they differ by', auroc.difference);
 */
export async function compareModels(
  first: ScoringModel,
  second: ScoringModel,
  samples: readonly Sample[],
  options: Pick<EvaluateOptions, 'signal' | 'threads' | 'onProgress'> = {},
): Promise<ModelComparison> {
  const labelled = labelledOf(samples);
  const labels = labelled.map(({ label }) => label === 'defect');
  const half = (offset: number) => (share: number) => options.onProgress?.(offset + share / 2);
  const a = await verdicts(first, labelled, labels, { ...options, onProgress: half(0) });
  const b = await verdicts(second, labelled, labels, { ...options, onProgress: half(0.5) });
  const test = compareAurocs(
    a.map(({ score }) => score),
    b.map(({ score }) => score),
    labels,
  );
  const images = labelled.map((sample, i) => ({ sample, first: a[i]!, second: b[i]! }));
  const apart = ({ first: x, second: y }: ComparedImage) => Math.abs(x.rank - y.rank);
  const right = { both: 0, first: 0, second: 0, none: 0 };
  images.forEach((image, i) => {
    const [x, y] = [image.first.anomalous === labels[i], image.second.anomalous === labels[i]];
    right[x ? (y ? 'both' : 'first') : y ? 'second' : 'none']++;
  });
  return {
    auroc: test.defined ? test.value : null,
    reason: test.defined ? null : test.reason,
    images,
    disagreements: images
      .filter((image) => image.first.anomalous !== image.second.anomalous)
      .sort((x, y) => apart(y) - apart(x)),
    right,
  };
}

async function verdicts(
  model: ScoringModel,
  samples: readonly Sample[],
  labels: readonly boolean[],
  { signal, threads, onProgress }: Pick<EvaluateOptions, 'signal' | 'threads' | 'onProgress'>,
): Promise<Verdict[]> {
  const scores: number[] = [];
  for await (const [, { score }] of model.scoreAll(samples, ({ path }) => path, { signal, threads })) {
    scores.push(score);
    onProgress?.(scores.length / samples.length);
  }
  const best = scores.length > 0 ? f1Max(scores, labels) : null;
  const threshold =
    model.thresholds.image.value ?? (best?.defined ? best.value.threshold : Number.POSITIVE_INFINITY);
  return scores.map((score) => ({
    score,
    anomalous: score >= threshold,
    rank: scores.filter((other) => other < score).length / scores.length,
  }));
}
