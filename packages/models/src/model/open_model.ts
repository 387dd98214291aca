import { readDescription } from '../artefact/index.js';
import { EnsembleModel } from './ensemble.js';
import { AnomalyModel, type LoadOptions } from './model.js';
import type { ScoringModel } from './scoring_model.js';

/**
 * Opens a model folder of whatever kind: a single model or an ensemble.
 *
 * @throws AdError E_ARTEFACT, E_ARTEFACT_SCHEMA, E_BACKBONE
 * @example
 * const model = await openModel('bottle.ad');
 * const { score, anomalous } = await model.predict('part.png');
 * await model.close();
 */
export async function openModel(folder: string, options: LoadOptions = {}): Promise<ScoringModel> {
  const { format } = await readDescription(folder);
  return format === 'ad-ensemble' ? EnsembleModel.load(folder, options) : AnomalyModel.load(folder, options);
}
