/** The native side as it is: what native/binding registers. Nothing above this package sees it. */
export interface Addon {
  CancelToken: new () => CancelToken;
  NearestIndex: new () => NearestHandle;
  cpu(): { level: string; levels: string[]; error: string };
  /** The process's first call decides; an empty library means that there is none. */
  openCuda(
    args: { library: string; probe: string; timeout: number },
    run: NativeRun,
  ): Promise<{
    state: string;
    reason: string;
    name: string;
    driver: number;
    runtime: number;
    major: number;
    minor: number;
    multiprocessors: number;
    totalBytes: number;
    freeBytes: number;
  }>;
  /** Advice to the system; changes no value. */
  preferHugePages(array: Float32Array): void;
  findComponents(
    args: { map: Float32Array; rows: number; cols: number; threshold: number },
    run: NativeRun,
  ): Promise<Component[]>;
  sparseProjection(
    args: {
      points: Float32Array;
      rows: number;
      cols: number;
      out: Float32Array;
      components: number;
      density: number;
      seed: number;
    },
    run: NativeRun,
  ): Promise<void>;
  /** Fills `indices` and answers the radius. */
  greedyCoreset(
    args: {
      points: Float32Array;
      rows: number;
      cols: number;
      start: number;
      indices: Uint32Array;
      count: number;
    },
    run: NativeRun,
  ): Promise<number>;
  coresetScratchBytes(args: { rows: number; cols: number; count: number }): number;
  patchEmbed(
    args: {
      levels: { data: Float32Array; channels: number; height: number; width: number; scale: number }[];
      images: number;
      patch: number;
      /** Nearest instead of bilinear. */
      nearest: boolean;
      out: Float32Array;
      rows: number;
      cols: number;
      /** First row of `out` that is written. */
      row: number;
    },
    run: NativeRun,
  ): Promise<void>;
  levelMoments(
    args: { data: Float32Array; rows: number; cols: number; levels: { channels: number }[] },
    run: NativeRun,
  ): Promise<{ mean: number; std: number }[]>;
  scaleLevels(
    args: { data: Float32Array; rows: number; cols: number; levels: { channels: number; factor: number }[] },
    run: NativeRun,
  ): Promise<void>;
  /** `count` components, or (0) as few as hold `share` of the variance. */
  pca(
    args: { data: Float32Array; rows: number; cols: number; count: number; share: number },
    run: NativeRun,
  ): Promise<{
    mean: Float32Array;
    components: Float32Array;
    singularValues: Float64Array;
    totalVariance: number;
  }>;
  pcaProject(
    args: {
      data: Float32Array;
      rows: number;
      cols: number;
      mean: Float32Array;
      components: Float32Array;
      count: number;
      coordinates: Float32Array;
      residual: Float32Array;
    },
    run: NativeRun,
  ): Promise<void>;
  /** Fills `mean`, `whitener` and `points`, and answers the norm's logarithm; bandwidth 0 is Scott's. */
  fitKde(
    args: {
      data: Float32Array;
      rows: number;
      cols: number;
      bandwidth: number;
      mean: Float64Array;
      whitener: Float64Array;
      points: Float32Array;
    },
    run: NativeRun,
  ): Promise<number>;
  kdeLogDensity(
    args: {
      data: Float32Array;
      rows: number;
      cols: number;
      mean: Float64Array;
      whitener: Float64Array;
      points: Float32Array;
      count: number;
      logNorm: number;
      out: Float64Array;
    },
    run: NativeRun,
  ): Promise<void>;
  anomalyMaps(
    args: {
      scores: Float32Array;
      images: number;
      height: number;
      width: number;
      out: Float32Array;
      outHeight: number;
      outWidth: number;
      sigma: number;
      mirror: boolean;
    },
    run: NativeRun,
  ): Promise<void>;
  addMoments(args: Rows & NativeMoments & { seen: number }, run: NativeRun): Promise<void>;
  mergeMoments(
    args: NativeMoments & {
      seen: number;
      added: number;
      otherMean: Float64Array;
      otherScatter: Float32Array;
    },
    run: NativeRun,
  ): Promise<void>;
  /** Fills `mean` and `covariance`, answers the shrinkage. */
  ledoitWolf(
    args: Rows & { positions: 1; cols: number; rank: number; mean: Float64Array; covariance: Float32Array },
    run: NativeRun,
  ): Promise<number>;
  /** Makes `scatter` the factors. */
  factorise(args: NativeMoments & { divisor: number; ridge: number }, run: NativeRun): Promise<void>;
  mahalanobis(
    args: Rows & {
      positions: number;
      cols: number;
      rank: number;
      mean: Float32Array;
      factors: Float32Array;
      out: Float32Array;
    },
    run: NativeRun,
  ): Promise<void>;
}

/** Rows of features; their columns are those of the Gaussians beside them. */
interface Rows {
  data: Float32Array;
  rows: number;
}

/** Packed scatters with their means. */
interface NativeMoments {
  positions: number;
  cols: number;
  rank: number;
  mean: Float64Array;
  scatter: Float32Array;
}

/** A native search index: build once, then search. */
export interface NearestHandle {
  /** Answers the device that holds the index. */
  build(args: { bank: Float32Array; rows: number; cols: number }, run: NativeRun): Promise<'cpu' | 'cuda'>;
  /** Fills `indices` and `distances`, both `[rows, k]`. */
  search(
    args: {
      queries: Float32Array;
      rows: number;
      k: number;
      indices: Uint32Array;
      distances: Float32Array;
    },
    run: NativeRun,
  ): Promise<void>;
  close(): void;
}

/** Asks running operations to stop. */
export interface CancelToken {
  cancel(): void;
}

/** How a native operation runs, beside its data. */
export interface NativeRun {
  token: CancelToken;
  threads: number;
  device: 'auto' | 'cpu' | 'cuda';
  /** Bytes. */
  deviceMemory?: number | undefined;
  onProgress?: ((share: number) => void) | undefined;
}

/** One 8-connected region of a map, in map pixels. */
export interface Component {
  left: number;
  top: number;
  width: number;
  height: number;
  /** Pixels in the region. */
  area: number;
  /** Largest value in the region, and where it is (the first such pixel in row order). */
  peak: number;
  peakX: number;
  peakY: number;
}
