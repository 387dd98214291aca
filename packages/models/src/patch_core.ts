import type { Backbone } from './backbone/index.js';
import type { PatchCoreSettings } from './methods/patchcore/settings.js';
import { type FitOptions, fitModel, type TrainingImage } from './model/fit.js';
import { AnomalyModel, type LoadOptions } from './model/model.js';

/** PatchCore's own settings beside those of every fit. */
export type PatchCoreOptions = Partial<PatchCoreSettings> & Omit<FitOptions, 'settings'>;

/**
 * PatchCore (Roth et al. 2022, arXiv:2106.08265) with typed settings; {@link fitModel} does the same by name.
 *
 * @example
 * const model = await PatchCore.fit(backbone, data.train, { coreset: 0.1, seed: 0 });
 * await model.save('bottle.ad');
 * const { score, anomalous, regions } = await model.predict('part.png');
 */
export const PatchCore = {
  /** Fits on good images; see {@link fitModel} for its errors. */
  fit(
    backbone: Backbone,
    images: Iterable<TrainingImage> | AsyncIterable<TrainingImage>,
    options: PatchCoreOptions = {},
  ): Promise<AnomalyModel> {
    const { coreset, neighbours, patchSize, balanceLevels, ...rest } = options;
    return fitModel('patchcore', backbone, images, {
      ...rest,
      settings: { coreset, neighbours, patchSize, balanceLevels },
    });
  },

  /** Reads a model folder; see {@link AnomalyModel.load}. */
  load: (folder: string, options?: LoadOptions): Promise<AnomalyModel> => AnomalyModel.load(folder, options),
};
