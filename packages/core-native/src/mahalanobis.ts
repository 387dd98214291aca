import { type CallOptions, call } from './call.js';
import { checkDoubles, checkFloats, type Matrix } from './check.js';
import { AdError } from './errors.js';
import { changing, checkUsable, retire } from './in_use.js';
import { addon } from './load.js';
import { checkGaussians, checkRows, type GaussianMoments } from './moments.js';

/** Gaussians ready for {@link mahalanobis}; plain arrays, so that they can be stored. */
export interface GaussianFactors {
  positions: number;
  cols: number;
  /** `[positions, cols]` */
  mean: Float32Array;
  /**
   * `[positions, cols (cols + 1) / 2]`: Cholesky's lower triangles column by column, with the reciprocals of the
   * diagonal in its place.
   */
  factors: Float32Array;
}

/**
 * Cholesky factors of scatter / divisor + ridge I at each position, in double precision, stored as fp32. The same bits
 * for every thread count; other CPUs agree up to rounding.
 *
 * The factors take the place of the scatter, in the same memory: the moments cannot be used afterwards, nor if the call
 * fails or is stopped half-way.
 *
 * @param moments - {@link PositionMoments} or what {@link ledoitWolf} returns
 * @param settings - `ridge` >= 0, added to the variances (PaDiM: 0.01); `divisor` > 0, default the moments' own, which is
 * one less than the images
 * @throws AdError E_SHAPE; E_ARGUMENT: one image only, moments in use or used up, or a covariance that is not positive
 * definite (names the position), be it by as little as fp32 can tell
 * @example
 * const gaussians = await factorise(moments, { ridge: 0.01 });
 */
export async function factorise(
  moments: GaussianMoments,
  { ridge, divisor = moments.divisor }: { ridge: number; divisor?: number | undefined },
  options: CallOptions = {},
): Promise<GaussianFactors> {
  checkUsable('moments', moments);
  const { positions, cols, mean, scatter } = moments;
  checkGaussians(moments, 'scatter', scatter);
  checkDoubles('mean', mean, positions * cols, `${positions} x ${cols}`);
  if (!(ridge >= 0 && ridge < Number.POSITIVE_INFINITY)) {
    throw new AdError('E_ARGUMENT', `ridge is ${ridge}; expected a finite number of at least 0.`);
  }
  if (!(divisor > 0 && divisor < Number.POSITIVE_INFINITY)) {
    throw new AdError(
      'E_ARGUMENT',
      `divisor is ${divisor}; expected a finite number above 0.`,
      'A covariance needs at least two images.',
    );
  }
  const args = { positions, cols, mean, scatter, divisor, ridge };
  await changing('factorise', { target: moments }, options, (run) => addon().factorise(args, run));
  retire(moments, 'factorise has made its scatter the factors');
  return { positions, cols, mean: new Float32Array(mean), factors: scatter };
}

/**
 * Mahalanobis distances sqrt((x - m)' S^-1 (x - m)) of each row to the Gaussian of its position (PaDiM,
 * arXiv:2011.08785, eq. 2), by forward substitution. The same bits on every CPU, for every thread count, and whether an
 * image comes alone or with others. Calls may overlap.
 *
 * @param rows - `[images * positions, cols]`, finite, image after image; no images are allowed
 * @returns `[images * positions]`; infinite where fp32 overflows on the way
 * @throws AdError E_SHAPE, E_ARGUMENT, E_NOT_FINITE (names the row), E_OUT_OF_MEMORY
 * @example
 * const scores = await mahalanobis({ data: patches, rows: 56 * 56, cols: 100 }, gaussians);
 */
export async function mahalanobis(
  rows: Matrix,
  gaussians: GaussianFactors,
  options: CallOptions = {},
): Promise<Float32Array> {
  const { positions, cols, mean, factors } = gaussians;
  checkGaussians(gaussians, 'factors', factors);
  checkFloats('mean', mean, positions * cols, `${positions} x ${cols}`);
  checkRows(rows, gaussians);
  const out = new Float32Array(rows.rows);
  const args = { data: rows.data, rows: rows.rows, positions, cols, mean, factors, out };
  await call(options, (run) => addon().mahalanobis(args, run));
  return out;
}
