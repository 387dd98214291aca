import { type CallOptions, call } from './call.js';
import { checkDoubles, checkFilled, checkFinite, checkMatrix, type Matrix } from './check.js';
import { AdError } from './errors.js';
import { addon } from './load.js';

/**
 * A Gaussian kernel density with the data's full covariance; plain numbers, all that an artefact has to store:
 * `log p(x) = logNorm + log sum over i of exp(-|(x - mean) . whitener - points_i|^2 / 2)`.
 */
export interface GaussianKde {
  /** The whitened training rows `(x_i - mean) . whitener`, `[n, d]`. */
  points: Matrix;
  /** `[d]` */
  mean: Float64Array;
  /** `L` `[d, d]` with `L L' = (h^2 S)^-1`: `S` the rows' unbiased covariance, `h` the bandwidth. */
  whitener: Float64Array;
  /** `log det L - d / 2 log 2 pi - log n` */
  logNorm: number;
}

/**
 * Fits a Gaussian kernel density, `scipy.stats.gaussian_kde`.
 *
 * @param rows - `[n, d]`, finite, more rows than columns
 * @param settings - `bandwidth`: `scott` is n^(-1 / (d + 4)); a number, from 1e-6 to 1e6, multiplies the square root of
 * the data's covariance, as `bw_method` does in scipy
 * @throws AdError E_SHAPE, E_ARGUMENT (also: a singular covariance, named with its rank), E_NOT_FINITE (names the row)
 * @example
 * const density = await fitKde(coordinates, { bandwidth: 'scott' });
 */
export async function fitKde(
  rows: Matrix,
  { bandwidth }: { bandwidth: 'scott' | number },
  options: CallOptions = {},
): Promise<GaussianKde> {
  checkFilled('rows', rows);
  if (bandwidth !== 'scott' && !(bandwidth >= 1e-6 && bandwidth <= 1e6)) {
    throw new AdError(
      'E_ARGUMENT',
      `bandwidth is '${bandwidth}'; expected 'scott' or a number from 1e-6 to 1e6.`,
    );
  }
  const { cols } = rows;
  const points = { ...rows, data: new Float32Array(rows.data.length) };
  const mean = new Float64Array(cols);
  const whitener = new Float64Array(cols * cols);
  const factor = bandwidth === 'scott' ? 0 : bandwidth;
  const logNorm = await call(options, (run) =>
    addon().fitKde({ ...rows, bandwidth: factor, mean, whitener, points: points.data }, run),
  );
  return { points, mean, whitener, logNorm };
}

/**
 * The logarithm of a density at each row: log-sum-exp in double precision, so that it is finite however far a row lies
 * from the data. The same bits for every thread count.
 *
 * @param rows - `[m, d]`, finite
 * @returns `[m]`, natural logarithms
 * @throws AdError E_SHAPE, E_ARGUMENT, E_NOT_FINITE (names the row)
 * @example
 * const scores = (await kdeLogDensity(coordinates, density)).map((logDensity) => -logDensity);
 */
export async function kdeLogDensity(
  rows: Matrix,
  { points, mean, whitener, logNorm }: GaussianKde,
  options: CallOptions = {},
): Promise<Float64Array> {
  checkMatrix('rows', rows);
  checkFilled('points', points);
  const { cols } = points;
  if (rows.cols !== cols) {
    throw new AdError('E_SHAPE', `rows has ${rows.cols} columns; expected the ${cols} of the density.`);
  }
  checkDoubles('mean', mean, cols, `${cols}`);
  checkDoubles('whitener', whitener, cols * cols, `${cols} x ${cols}`);
  checkFinite('logNorm', logNorm);
  const out = new Float64Array(rows.rows);
  const density = { mean, whitener, points: points.data, count: points.rows, logNorm };
  await call(options, (run) => addon().kdeLogDensity({ ...rows, ...density, out }, run));
  return out;
}
