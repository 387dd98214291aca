import { allocateFloats } from './allocate.js';
import { type CallOptions, call } from './call.js';
import { checkInteger, checkMatrix, type Matrix } from './check.js';
import { AdError } from './errors.js';
import { addon } from './load.js';

/** Settings of {@link sparseProjection}. */
export interface ProjectionSettings {
  /** Columns of the result. */
  components: number;
  /** Decides the matrix. */
  seed: number;
  /** Share of entries that are not zero. Default 1 / sqrt(cols) (Li, Hastie, Church 2006). */
  density?: number | undefined;
}

/**
 * Components that keep all distances between `rows` points within a factor of 1 +- epsilon: the Johnson-Lindenstrauss
 * bound in the form of Dasgupta and Gupta (2003), floor(4 ln n / (epsilon^2 / 2 - epsilon^3 / 3)).
 *
 * @throws AdError E_ARGUMENT
 * @example
 * projectionDimension(214_016); // 303
 */
export function projectionDimension(rows: number, epsilon = 0.9): number {
  checkInteger('rows', rows, 1);
  if (!(epsilon > 0 && epsilon < 1)) {
    throw new AdError('E_ARGUMENT', `epsilon is ${epsilon}; expected a number between 0 and 1.`);
  }
  return Math.max(1, Math.floor((4 * Math.log(rows)) / (epsilon ** 2 / 2 - epsilon ** 3 / 3)));
}

/**
 * Sparse random projection: entries 0 or +-sqrt(1 / density) / sqrt(components), drawn from the seed and their place
 * alone. The same bits on every CPU and for every thread count.
 *
 * @param points - `[rows, cols]`
 * @returns `[rows, components]`
 * @throws AdError E_SHAPE, E_ARGUMENT, E_OUT_OF_MEMORY
 * @example
 * const small = await sparseProjection(patches, { components: projectionDimension(patches.rows), seed: 0 });
 */
export async function sparseProjection(
  points: Matrix,
  { components, seed, density }: ProjectionSettings,
  options: CallOptions = {},
): Promise<Matrix> {
  checkMatrix('points', points);
  checkInteger('components', components, 1);
  checkInteger('seed', seed, 0);
  const share = density ?? 1 / Math.sqrt(points.cols);
  if (!(share > 0 && share <= 1)) {
    throw new AdError('E_ARGUMENT', `density is ${share}; expected a number above 0 and at most 1.`);
  }
  const { data, rows, cols } = points;
  const out = allocateFloats(rows * components);
  const args = { points: data, rows, cols, out, components, density: share, seed };
  await call(options, (run) => addon().sparseProjection(args, run));
  return { data: out, rows, cols: components };
}
