import type { Backbone } from '../backbone/index.js';
import { type Dataset, openDataset } from '../data/index.js';
import type { Json, Progress } from '../methods/index.js';
import { fitModel } from '../model/fit.js';
import type { FeatureCache } from '../pipeline/feature_cache.js';
import { Timing } from '../pipeline/timing.js';
import { SeededRandom } from '../random.js';
import { TOOL } from '../version.js';
import { measureCell } from './measure_cell.js';
import type { PlannedCell } from './plan.js';
import type { CellResult, CellTiming } from './store.js';

/** What a cell is done with. */
export interface CellTools {
  backbone: Backbone;
  cache: FeatureCache | undefined;
  threads?: number | undefined;
  signal?: AbortSignal | undefined;
  /** How the fit goes on. */
  onProgress?: ((progress: Progress) => void) | undefined;
}

/** The data of a cell: split by its seed, and as many good images as it may learn from. */
export async function dataOf({ root, seed, shots }: PlannedCell): Promise<Dataset> {
  const data = await openDataset(root, { seed });
  if (shots === null) return data;
  const chosen = new SeededRandom(seed).choose(shots, data.train.length);
  return { ...data, train: chosen.map((i) => data.train[i]!) };
}

/** Fits and evaluates. Without a threshold: nothing is held out, and the metrics of the field need none. */
export async function runCell(
  cell: PlannedCell,
  data: Dataset,
  { backbone, cache, threads, signal, onProgress }: CellTools,
): Promise<{ result: CellResult; timing: CellTiming }> {
  const { category, method, settings, shots, seed, preprocess, deterministic } = cell;
  const fitting = new Timing();
  const model = await fitModel(method, backbone, data.train, {
    settings,
    preprocess,
    seed,
    threads,
    signal,
    cache,
    timing: fitting,
    onProgress,
    threshold: { rule: 'none' },
  });
  const fit = fitting.toJSON();
  const evaluating = new Timing();
  const measured = await measureCell(model, data, { threads, signal, cache, timing: evaluating });
  const defect = measured.predictions.filter(([, label]) => label === 1).length;
  const result: CellResult = {
    cell: { category, method, settings, backbone: backbone.name, shots, seed },
    protocol: {
      layout: data.layout,
      data: cell.data,
      backbone: {
        name: backbone.name,
        sha256: backbone.source.sha256,
        layers: backbone.layers.map(({ name }) => name),
        convention: backbone.convention,
      },
      preprocess: model.recipe.preprocess as unknown as Json,
      map: model.recipe.map as unknown as Json,
      mask: 'above half of its range, nearest neighbour, at the input size',
      deterministic,
      tool: `${TOOL.name} ${TOOL.version}`,
      notes: data.notes,
    },
    status: 'done',
    images: { train: data.train.length, good: measured.predictions.length - defect, defect },
    metrics: measured.metrics,
    interval: measured.interval,
    facts: model.fitted.facts,
    notes: measured.notes,
    predictions: measured.predictions,
  };
  return { result, timing: { fit, evaluate: evaluating.toJSON() } };
}
