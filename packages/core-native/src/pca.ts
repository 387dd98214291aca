import { type CallOptions, call } from './call.js';
import { checkFilled, checkFloats, checkMatrix, type Matrix } from './check.js';
import { AdError } from './errors.js';
import { addon } from './load.js';

/** The answer of {@link pca}. */
export interface PcaResult {
  /** Of each column, `[cols]`. */
  mean: Float32Array;
  /** Orthonormal rows `[k, cols]`, largest variance first; each one's element of largest magnitude is positive. */
  components: Matrix;
  /** Of the centred rows, `[k]`; their squares over `rows - 1` are the variances along the components. */
  singularValues: Float64Array;
  /** Sum of the squares of all singular values, of components that were dropped too. */
  totalVariance: number;
}

/** The answer of {@link project}. */
export interface PcaProjection {
  /** `(x - mean) . components`, `[rows, k]`. */
  coordinates: Matrix;
  /** What the components do not explain, `x - mean - coordinates . components`, `[rows, cols]`. */
  residual: Matrix;
}

/**
 * Principal components, in double precision through the smaller of the rows' Gram matrix and the columns' scatter
 * matrix. Up to 4,096 of the smaller exact: no sampling, no iteration that stops early. Beyond, from a sample of the
 * rows' range with a fixed seed and power iterations (Halko, Martinsson, Tropp 2011): where the spectrum falls, singular
 * values to 1e-6 and components as if exact; of a flat one, nearly as much variance. Singular values up to a millionth
 * of the largest count as zero; there are no components for them. The same bits for every thread count.
 *
 * @param rows - `[rows, cols]`, finite
 * @param settings - `keep`: below 1 a share of the variance, and as few components are kept as hold at least so much;
 * otherwise a whole number of components. 1 is one component, never a share.
 * @throws AdError E_SHAPE, E_ARGUMENT (also: rows that are all equal, more components than there are, or than 4,080 of
 * a sample),
 * E_NOT_FINITE (names the row), E_OUT_OF_MEMORY
 * @example
 * const { components } = await pca(features, { keep: 0.97 });
 */
export async function pca(
  rows: Matrix,
  { keep }: { keep: number },
  options: CallOptions = {},
): Promise<PcaResult> {
  checkFilled('rows', rows);
  const isShare = keep > 0 && keep < 1;
  if (!isShare && !(Number.isSafeInteger(keep) && keep >= 1)) {
    throw new AdError(
      'E_ARGUMENT',
      `keep is ${keep}; expected a share of the variance between 0 and 1, or a whole number of components.`,
    );
  }
  const kept = isShare ? { count: 0, share: keep } : { count: keep, share: 0 };
  const found = await call(options, (run) => addon().pca({ ...rows, ...kept }, run));
  const components = { data: found.components, rows: found.singularValues.length, cols: rows.cols };
  return { ...found, components };
}

/**
 * Coordinates of rows along principal components, and what these leave of each row, element by element: computed in
 * double precision from the differences themselves, so that a small residual of large rows keeps its digits. A row's
 * bits depend neither on the other rows nor on the thread count.
 *
 * @param rows - `[rows, cols]`, finite
 * @param model - `mean` `[cols]` and orthonormal `components` `[k, cols]`
 * @throws AdError E_SHAPE, E_ARGUMENT, E_NOT_FINITE (names the row), E_OUT_OF_MEMORY
 * @example
 * const { residual } = await project(features, await pca(training, { keep: 0.97 }));
 */
export async function project(
  rows: Matrix,
  { mean, components }: Pick<PcaResult, 'mean' | 'components'>,
  options: CallOptions = {},
): Promise<PcaProjection> {
  checkFilled('rows', rows);
  checkMatrix('components', components);
  if (components.cols !== rows.cols) {
    throw new AdError(
      'E_SHAPE',
      `components has ${components.cols} columns; expected the ${rows.cols} columns of the rows.`,
    );
  }
  checkFloats('mean', mean, rows.cols, `${rows.cols}`);
  const count = components.rows;
  const coordinates = { data: new Float32Array(rows.rows * count), rows: rows.rows, cols: count };
  const residual = { ...rows, data: new Float32Array(rows.data.length) };
  const out = { coordinates: coordinates.data, residual: residual.data };
  await call(options, (run) =>
    addon().pcaProject({ ...rows, mean, components: components.data, count, ...out }, run),
  );
  return { coordinates, residual };
}
