export {
  AdError,
  type AdErrorCode,
  type CpuInfo,
  type CudaInfo,
  cpuInfo,
  cudaInfo,
  ERROR_CODES,
} from '@ad/core-native';
export { type Manifest, readManifest, type Threshold } from './artefact/index.js';
export {
  Backbone,
  type BackboneOptions,
  type BackboneReport,
  type ConventionGuess,
  type CutReport,
  cutBackbone,
  type Declared,
  type Device,
  EMBEDDED_BACKBONE,
  inspectBackbone,
  type Layer,
  type LayerChoice,
  type Provider,
  type Saving,
} from './backbone/index.js';
export {
  type DataReport,
  type Dataset,
  inspectData,
  LAYOUT_NAMES,
  listCategories,
  listImages,
  openDataset,
  type Problem,
  type ReadOptions,
  type Sample,
  type Split,
} from './data/index.js';
export * from './image/index.js';
export {
  METHOD_CHOICES,
  METHOD_NAMES,
  type MethodChoice,
  type MethodOption,
  type Progress,
} from './methods/index.js';
export { patchesPerImage } from './methods/method.js';
export { type ComparedImage, compareModels, type ModelComparison, type Verdict } from './model/compare.js';
export {
  type EvaluatedImage,
  type EvaluateOptions,
  type Evaluation,
  evaluate,
  type Metrics,
} from './model/evaluate.js';
export { type FitEstimate, type FitOptions, fitModel, type TrainingImage } from './model/fit.js';
export {
  AnomalyModel,
  type LoadOptions,
  type MapSettings,
  type Recipe,
  type ScoreOptions,
} from './model/model.js';
export type { AnomalyMap, Prediction, Region } from './model/prediction.js';
export {
  type ContactSheetOptions,
  type OverlayOptions,
  renderContactSheet,
  renderOverlay,
  type ScoreRange,
  type Tile,
} from './overlay/index.js';
export { FeatureCache } from './pipeline/feature_cache.js';
export { Timing } from './pipeline/timing.js';
export { SeededRandom } from './random.js';
export { type RuntimeInfo, runtimeInfo } from './runtime_info.js';
export { parseThresholdRule, type ThresholdRule, type Thresholds } from './threshold/index.js';
export * from './typed_methods.js';
