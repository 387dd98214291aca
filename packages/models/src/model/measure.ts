import {
  auroc,
  aurocInterval,
  balancedAccuracy,
  bootstrapInterval,
  confusionAt,
  f1Max,
  type Interval,
  type Labels,
  type MetricResult,
  type Scores,
  valueOrNull,
} from '@ad/metrics';
import type { EvaluatedImage, Evaluation, Metrics } from './evaluate.js';
import type { PixelScores, Sure } from './pixel_scores.js';

/** The same interval for the same scores, always. */
const RESAMPLING = { seed: 0, resamples: 1000 };

const NO_MAPS = 'the method as it was fitted judges whole images, there are no anomaly maps';

/** The headline numbers with their intervals; why one is missing goes into the notes. */
export function measure(
  predictions: readonly EvaluatedImage[],
  pixels: PixelScores | null,
  threshold: number | null,
  notes: string[],
): Pick<Evaluation, 'metrics' | 'intervals'> {
  const all: Record<keyof Metrics, Sure> = {
    ...imageMetrics(predictions, threshold),
    pixel_auroc: pixels?.auroc(RESAMPLING) ?? absent(NO_MAPS),
    aupro: pixels?.aupro(RESAMPLING) ?? absent(NO_MAPS),
  };
  const metrics = {} as Metrics;
  const intervals = {} as Evaluation['intervals'];
  for (const [key, { value, interval }] of Object.entries(all) as [keyof Metrics, Sure][]) {
    if (!value.defined) notes.push(`${key}: ${value.reason}.`);
    metrics[key] = valueOrNull(value);
    intervals[key] = value.defined ? tellingOrNull(key, interval(), notes) : null;
  }
  return { metrics, intervals };
}

/** A bootstrap of a perfect result never sees anything else: an interval without width would promise too much. */
function tellingOrNull(key: string, result: MetricResult<Interval>, notes: string[]): Interval | null {
  const interval = valueOrNull(result);
  if (!interval || interval.high > interval.low) return interval;
  notes.push(`${key}: all resamples give the same value; how sure it is cannot be told from these images.`);
  return null;
}

function imageMetrics(predictions: readonly EvaluatedImage[], threshold: number | null) {
  const scores = predictions.map((prediction) => prediction.score);
  const labels = predictions.map((prediction) => prediction.label === 'defect');
  if (scores.length === 0) {
    const none = absent('there are no labelled images');
    return { image_auroc: none, image_f1_max: none, image_balanced_accuracy: none };
  }
  const bootstrapped = (metric: (scores: Scores, labels: Labels) => MetricResult): Sure => ({
    value: metric(scores, labels),
    interval: () => bootstrapInterval(scores, labels, metric, RESAMPLING),
  });
  return {
    image_auroc: { value: auroc(scores, labels), interval: () => aurocInterval(scores, labels) },
    image_f1_max: bootstrapped(bestF1),
    image_balanced_accuracy:
      threshold === null
        ? absent('the model has no threshold')
        : bootstrapped((s, l) => balancedAccuracy(confusionAt(s, l, threshold))),
  };
}

function absent(reason: string): Sure {
  const result = { defined: false, reason } as const;
  return { value: result, interval: () => result };
}

function bestF1(scores: Scores, labels: Labels): MetricResult {
  const best = f1Max(scores, labels);
  return best.defined ? { defined: true, value: best.value.f1 } : best;
}
