import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import {
  auroc,
  aurocInterval,
  averagePrecision,
  balancedAccuracy,
  f1Max,
  type MetricResult,
  operatingPointAtF1Max,
  operatingPointAtRecall,
  PixelMetrics,
  SproMetrics,
  saturationArea,
  valueOrNull,
} from '@ad/metrics';
import type { Dataset, Sample } from '../data/index.js';
import { type Geometry, loadDefect, loadMask, maskFiles } from '../image/index.js';
import type { AnomalyModel, ScoreOptions } from '../model/model.js';
import type { CellResult } from './store.js';

/** False positive rates up to which areas are taken: AUPRO's, and MVTec LOCO's for sPRO. */
const AUPRO_LIMIT = 0.3;
const SPRO_LIMIT = 0.05;

type Measured = Pick<CellResult, 'metrics' | 'interval' | 'predictions' | 'notes'>;

/** Scores the test images and computes what the field's tables hold. */
export async function measureCell(
  model: AnomalyModel,
  data: Dataset,
  options: ScoreOptions<Sample>,
): Promise<Measured> {
  const labelled = data.test.filter(({ label }) => label !== 'unknown');
  const pixels = new PixelMetrics();
  const spro = await sproOf(data);
  const predictions: Measured['predictions'] = [];
  const notes: string[] = [];
  let maps = 0;
  let withoutMask = 0;
  for await (const [sample, { score, inputMap, geometry }] of model.scoreAll(
    labelled,
    ({ path }) => path,
    options,
  )) {
    const { path, label, mask } = sample;
    predictions.push([relative(data.root, path), label === 'defect' ? 1 : 0, score]);
    if (inputMap === null) continue;
    if (label === 'defect' && mask === null) {
      withoutMask++;
      continue;
    }
    maps++;
    const { width, height } = geometry.input;
    pixels.add(inputMap, mask === null ? null : await loadMask(mask, geometry), width, height);
    await spro?.add(inputMap, mask, geometry);
  }
  if (withoutMask > 0)
    notes.push(`${withoutMask} defective images have no mask and are left out of the pixel metrics.`);
  const results: Record<string, MetricResult> = imageMetrics(predictions);
  if (maps > 0) {
    results.pixel_auroc = pixels.auroc();
    results.aupro = pixels.aupro(AUPRO_LIMIT);
    if (spro) results.auspro = spro.metrics.auspro(SPRO_LIMIT);
  } else {
    notes.push('There are no anomaly maps: the method as it was fitted judges whole images.');
  }
  for (const [key, result] of Object.entries(results)) {
    if (!result.defined) notes.push(`${key}: ${result.reason}.`);
  }
  const metrics = Object.fromEntries(
    Object.entries(results).map(([key, result]) => [key, valueOrNull(result)]),
  );
  const scores = predictions.map(([, , score]) => score);
  const interval = valueOrNull(
    aurocInterval(
      scores,
      predictions.map(([, label]) => label),
    ),
  );
  return { metrics, interval: interval && { low: interval.low, high: interval.high }, predictions, notes };
}

/** Of raw scores; decisions at the F1-optimal point and at full recall (PatchCore, supplement B). */
function imageMetrics(predictions: Measured['predictions']): Record<string, MetricResult> {
  const scores = predictions.map(([, , score]) => score);
  const labels = predictions.map(([, label]) => label);
  const best = f1Max(scores, labels);
  const at = operatingPointAtF1Max(scores, labels);
  const full = operatingPointAtRecall(scores, labels);
  const of = <T>(result: MetricResult<T>, value: (found: T) => number): MetricResult =>
    result.defined ? { defined: true, value: value(result.value) } : result;
  return {
    image_auroc: auroc(scores, labels),
    image_ap: averagePrecision(scores, labels),
    image_f1: of(best, ({ f1 }) => f1),
    balanced_accuracy: at.defined ? balancedAccuracy(at.value) : at,
    false_positives: of(at, (point) => point.falsePositives),
    false_negatives: of(at, (point) => point.falseNegatives),
    false_positives_at_full_recall: of(full, (point) => point.falsePositives),
  };
}

/**
 * Saturated overlap where the data set says how much of a defect must be found. Masks are taken at the input size; what
 * suffices is the same share of a defect there as in the original.
 */
async function sproOf({ defectsConfig }: Dataset) {
  if (defectsConfig === null) return null;
  const config = JSON.parse(await readFile(defectsConfig, 'utf8'));
  const metrics = new SproMetrics();
  const add = async (map: Float32Array, path: string | null, geometry: Geometry) => {
    const defects = [];
    for (const file of path === null ? [] : await maskFiles(path)) {
      const { mask, area, value } = await loadDefect(file, geometry);
      const inside = mask.reduce((sum, pixel) => sum + pixel, 0);
      // The crop, or the resizing, may leave nothing of a small defect.
      if (inside > 0)
        defects.push({ mask, saturation: (saturationArea(config, value, area) / area) * inside });
    }
    metrics.add(map, defects, geometry.input.width, geometry.input.height);
  };
  return { metrics, add };
}
