import { AdError } from '@ad/core-native';
import type { Backbone, LayerChoice } from './backbone/index.js';
import { type DFKDESettings, dfkde } from './methods/dfkde/index.js';
import { type DFMSettings, dfm } from './methods/dfm/index.js';
import { type DFRSettings, dfr } from './methods/dfr/index.js';
import { type MahalanobisADSettings, mahalanobis } from './methods/mahalanobis/index.js';
import type { Method } from './methods/method.js';
import { type PaDiMSettings, padim } from './methods/padim/index.js';
import { type PatchCoreSettings, patchcore } from './methods/patchcore/index.js';
import { type SpadeSettings, spade } from './methods/spade/index.js';
import { type STFPMSettings, stfpm } from './methods/stfpm/index.js';
import { type ULSADSettings, ulsad } from './methods/ulsad/index.js';
import { type FitOptions, fitModel, type TrainingImage } from './model/fit.js';
import { AnomalyModel, type LoadOptions } from './model/model.js';

/** A method's own settings beside those of every fit. */
export type MethodFitOptions<Settings> = Partial<Settings> & Omit<FitOptions, 'settings'>;

/** A method with typed settings; {@link fitModel} does the same by name. */
export interface TypedMethod<Settings> {
  /** What the method works on, for {@link Backbone.open}. */
  readonly layers: LayerChoice;
  /** Fits on good images; see {@link fitModel} for its errors. */
  fit(
    backbone: Backbone,
    images: Iterable<TrainingImage> | AsyncIterable<TrainingImage>,
    options?: MethodFitOptions<Settings>,
  ): Promise<AnomalyModel>;
  /** Reads a model folder of this method; see {@link AnomalyModel.load} for its errors. */
  load(folder: string, options?: LoadOptions): Promise<AnomalyModel>;
}

function typed<Settings extends object>(method: Method<Settings>): TypedMethod<Settings> {
  const own = new Set(method.options.map(({ key }) => key));
  return {
    layers: method.layers,
    fit(backbone, images, options = {}) {
      const entries = Object.entries(options);
      const settings = Object.fromEntries(entries.filter(([key]) => own.has(key)));
      const rest: FitOptions = Object.fromEntries(entries.filter(([key]) => !own.has(key)));
      return fitModel(method.name, backbone, images, { ...rest, settings });
    },
    async load(folder, options) {
      const model = await AnomalyModel.load(folder, options);
      if (model.methodName === method.name) return model;
      await model.close();
      throw new AdError(
        'E_ARTEFACT',
        `The model ${folder} is one of ${model.methodName}; expected ${method.name}.`,
        'Load it with AnomalyModel.load, which takes any.',
      );
    },
  };
}

/**
 * PatchCore (Roth et al. 2022, arXiv:2106.08265).
 *
 * @example
 * const backbone = await Backbone.open('resnet18.onnx', { layers: PatchCore.layers });
 * const model = await PatchCore.fit(backbone, data.train, { coreset: 0.1, seed: 0 });
 * await model.save('bottle.ad');
 * const { score, anomalous, regions } = await model.predict('part.png');
 */
export const PatchCore = typed<PatchCoreSettings>(patchcore);

/**
 * PaDiM (Defard et al. 2020, arXiv:2011.08785).
 *
 * @example
 * const backbone = await Backbone.open('resnet18.onnx', { layers: PaDiM.layers });
 * const model = await PaDiM.fit(backbone, data.train, { channels: 100, seed: 0 });
 */
export const PaDiM = typed<PaDiMSettings>(padim);

/**
 * DFKDE: a kernel density of deep features. It judges whole images.
 *
 * @example
 * const backbone = await Backbone.open('resnet18.onnx', { layers: DFKDE.layers });
 * const model = await DFKDE.fit(backbone, data.train, { components: 16 });
 */
export const DFKDE = typed<DFKDESettings>(dfkde);

/**
 * DFM (Ahuja et al. 2019, arXiv:1909.11786).
 *
 * @example
 * const backbone = await Backbone.open('resnet18.onnx', { layers: DFM.layers });
 * const model = await DFM.fit(backbone, data.train, { score: 'fre', keep: 0.97 });
 */
export const DFM = typed<DFMSettings>(dfm);

/**
 * MahalanobisAD (Rippel, Mertens, Merhof 2020, arXiv:2005.14140). It judges whole images.
 *
 * @example
 * const backbone = await Backbone.open('resnet18.onnx', { layers: MahalanobisAD.layers });
 * const model = await MahalanobisAD.fit(backbone, data.train);
 */
export const MahalanobisAD = typed<MahalanobisADSettings>(mahalanobis);

/**
 * SPADE (Cohen, Hoshen 2020, arXiv:2005.02357).
 *
 * @example
 * const backbone = await Backbone.open('resnet18.onnx', { layers: SPADE.layers });
 * const model = await SPADE.fit(backbone, data.train, { galleryImages: 50 });
 */
export const SPADE = typed<SpadeSettings>(spade);

/**
 * STFPM (Wang et al. 2021, arXiv:2103.04257). It trains a network: minutes, and more with `preset: 'paper'`.
 *
 * @example
 * const backbone = await Backbone.open('resnet18.onnx', { layers: STFPM.layers });
 * const model = await STFPM.fit(backbone, data.train, { preset: 'fast', seed: 0 });
 */
export const STFPM = typed<STFPMSettings>(stfpm);

/**
 * DFR (Shi, Yang, Qi 2020, arXiv:2012.07122). It trains an autoencoder of features.
 *
 * @example
 * const backbone = await Backbone.open('resnet18.onnx', { layers: DFR.layers });
 * const model = await DFR.fit(backbone, data.train, { preset: 'fast', seed: 0 });
 */
export const DFR = typed<DFRSettings>(dfr);

/**
 * ULSAD (Patra, Ben Taieb 2024). It trains a local and a global branch: structural and logical anomalies.
 *
 * @example
 * const backbone = await Backbone.open('resnet18.onnx', { layers: ULSAD.layers });
 * const model = await ULSAD.fit(backbone, data.train, { preset: 'fast', seed: 0 });
 */
export const ULSAD = typed<ULSADSettings>(ulsad);
