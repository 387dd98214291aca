export {
  AdError,
  type AdErrorCode,
  type CpuInfo,
  type CudaInfo,
  cpuInfo,
  cudaInfo,
  ERROR_CODES,
} from '@ad/core-native';
export {
  checkWritable,
  type EnsembleManifest,
  type Manifest,
  readDescription,
  readManifest,
  type Threshold,
} from './artefact/index.js';
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
export { exportOnnx } from './export/export_onnx.js';
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
export { EnsembleModel, type Member, type MemberStandard } from './model/ensemble.js';
export {
  type EvaluatedImage,
  type EvaluateOptions,
  type Evaluation,
  evaluate,
  type Metrics,
} from './model/evaluate.js';
export {
  defaultRecipe,
  type FitEstimate,
  type FitOptions,
  fitModel,
  type TrainingImage,
} from './model/fit.js';
export { fitEnsemble } from './model/fit_ensemble.js';
export { AnomalyModel, type LoadOptions } from './model/model.js';
export { openModel } from './model/open_model.js';
export type { AnomalyMap, MemberScore, Prediction, Region } from './model/prediction.js';
export { DEFAULT_PREPROCESS, type MapSettings, type Recipe } from './model/recipe.js';
export { type ScoreOptions, ScoringModel } from './model/scoring_model.js';
export type { Standard } from './model/standard.js';
export {
  type ContactSheetOptions,
  type OverlayOptions,
  renderContactSheet,
  renderOverlay,
  type ScoreRange,
  type Tile,
} from './overlay/index.js';
export type { FeatureCache, FeatureShelf, FeatureSlot } from './pipeline/feature_cache.js';
export {
  DEFAULT_FEATURE_CACHE_BYTES,
  type FeatureCacheCounts,
  FolderFeatureCache,
} from './pipeline/folder_feature_cache.js';
export { MemoryFeatureCache } from './pipeline/memory_feature_cache.js';
export { Timing } from './pipeline/timing.js';
export { type QuantizeOptions, type QuantizeReport, quantizeBackbone } from './quantize/quantize_backbone.js';
export { SeededRandom } from './random.js';
export * from './registry/index.js';
export { type RuntimeInfo, runtimeInfo } from './runtime_info.js';
export { parseThresholdRule, type ThresholdRule, type Thresholds } from './threshold/index.js';
export * from './typed_methods.js';
