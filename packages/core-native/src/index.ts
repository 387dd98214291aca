export type { Component } from './addon.js';
export { allocateFloats } from './allocate.js';
export type { CallOptions } from './call.js';
export type { Matrix } from './check.js';
export { findComponents } from './components.js';
export { type Coreset, coresetScratchBytes, greedyCoreset } from './coreset.js';
export { type CpuInfo, cpuInfo } from './cpu.js';
export { type CudaInfo, cudaInfo, type Device, resolveDevice } from './device.js';
export { AdError, type AdErrorCode, ERROR_CODES } from './errors.js';
export { anomalyMaps, type MapSettings } from './gaussian_blur.js';
export { fitKde, type GaussianKde, kdeLogDensity } from './kde.js';
export { platformName } from './load.js';
export { factorise, type GaussianFactors, mahalanobis } from './mahalanobis.js';
export {
  type GaussianMoments,
  ledoitWolf,
  PositionMoments,
  type ShrunkMoments,
  triangleSize,
} from './moments.js';
export { NearestIndex, type Neighbours } from './nearest.js';
export {
  type FeatureMap,
  type LevelMoments,
  levelMoments,
  type PatchEmbedSettings,
  patchEmbed,
  scaleLevels,
} from './patch_embed.js';
export { type PcaProjection, type PcaResult, pca, project } from './pca.js';
export { type ProjectionSettings, projectionDimension, sparseProjection } from './projection.js';
