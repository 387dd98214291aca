import { allocateFloats } from './allocate.js';
import { type CallOptions, call } from './call.js';
import { checkFloats, checkInteger, checkMatrix, type Matrix } from './check.js';
import { AdError } from './errors.js';
import { changing, checkUsable } from './in_use.js';
import { addon } from './load.js';

/** Means and scatters of Gaussians, one for each position: what {@link factorise} takes. */
export interface GaussianMoments {
  readonly positions: number;
  readonly cols: number;
  /** `[positions, cols]`, double precision: it moves with each call. */
  readonly mean: Float64Array;
  /**
   * `[positions, cols (cols + 1) / 2]`: a symmetric matrix per position, its lower triangle column by column, column j
   * holding rows j to cols - 1.
   */
  readonly scatter: Float32Array;
  /** What makes the scatter a covariance. */
  readonly divisor: number;
}

/** A covariance that was shrunk towards a multiple of the unit matrix: one position, divisor 1. */
export interface ShrunkMoments extends GaussianMoments {
  /** 0: the sample covariance; 1: its mean variance times the unit matrix. */
  readonly shrinkage: number;
}

/** Elements of one packed triangle. */
export const triangleSize = (cols: number): number => (cols * (cols + 1)) / 2;

/**
 * Means and scatters of the images added so far, at each position of a grid (PaDiM, arXiv:2011.08785, section 3.1), in
 * one pass: nothing but the moments is kept (Chan, Golub, LeVeque 1983). The same bits for every thread count; other CPUs, and images
 * added in other batches, give the same moments up to rounding.
 *
 * One call at a time may change or read them, another is refused. After an `add` or `merge` that failed or was stopped
 * half-way they cannot be used any more; {@link factorise} uses them up.
 *
 * @example
 * const moments = new PositionMoments(56 * 56, 100);
 * for await (const rows of batches) await moments.add(rows);
 * const gaussians = await factorise(moments, { ridge: 0.01 });
 */
export class PositionMoments implements GaussianMoments {
  readonly positions: number;
  readonly cols: number;
  readonly mean: Float64Array;
  readonly scatter: Float32Array;
  /** Images added so far. */
  images = 0;

  /**
   * @param positions - of the grid; 1 for one Gaussian of everything
   * @throws AdError E_ARGUMENT, E_OUT_OF_MEMORY
   */
  constructor(positions: number, cols: number) {
    checkInteger('positions', positions, 1);
    checkInteger('cols', cols, 1);
    this.positions = positions;
    this.cols = cols;
    try {
      this.mean = new Float64Array(positions * cols);
      this.scatter = allocateFloats(positions * triangleSize(cols));
    } catch (cause) {
      const gigabytes = ((4 * positions * (2 * cols + triangleSize(cols))) / 1e9).toFixed(1);
      throw new AdError(
        'E_OUT_OF_MEMORY',
        `The moments of ${positions} positions of ${cols} columns need ${gigabytes} GB.`,
        'Use fewer columns, or a coarser grid.',
        { cause },
      );
    }
  }

  /** Unbiased: one less than the images. */
  get divisor(): number {
    return this.images - 1;
  }

  /**
   * Adds images. More at once are faster: each call reads and writes all scatters.
   *
   * @param rows - `[images * positions, cols]`, finite, image after image
   * @throws AdError E_SHAPE, E_ARGUMENT (in use, or no longer usable), E_NOT_FINITE (names the row)
   */
  async add(rows: Matrix, options: CallOptions = {}): Promise<void> {
    checkUsable('moments', this);
    checkRows(rows, this);
    if (rows.rows === 0) return;
    const { data } = rows;
    const args = { data, rows: rows.rows, ...this.arrays(), seen: this.images };
    await changing('add', { target: this }, options, (run) => addon().addMoments(args, run));
    this.images += rows.rows / this.positions;
  }

  /**
   * Adds the images of other moments, which stay as they are.
   *
   * @param other - of as many positions and columns
   * @throws AdError E_SHAPE, E_ARGUMENT (in use, no longer usable, or the same moments)
   */
  async merge(other: PositionMoments, options: CallOptions = {}): Promise<void> {
    checkUsable('moments', this);
    checkUsable('other', other);
    if (other === this)
      throw new AdError('E_ARGUMENT', 'other is these moments; expected those of other images.');
    if (other.positions !== this.positions || other.cols !== this.cols) {
      throw new AdError(
        'E_SHAPE',
        `other has ${other.positions} positions of ${other.cols} columns; expected ${this.positions} of ${this.cols}.`,
      );
    }
    const { mean: otherMean, scatter: otherScatter, images: added } = other;
    const args = { ...this.arrays(), seen: this.images, otherMean, otherScatter, added };
    await changing('merge', { target: this, others: [other] }, options, (run) =>
      addon().mergeMoments(args, run),
    );
    this.images += added;
  }

  private arrays() {
    const { positions, cols, mean, scatter } = this;
    return { positions, cols, mean, scatter };
  }
}

/**
 * Mean and covariance of rows, the covariance shrunk as Ledoit and Wolf (*A well-conditioned estimator for
 * large-dimensional covariance matrices*, 2004) find best: positive definite also for fewer rows than columns, unless all
 * rows are equal. scikit-learn's `ledoit_wolf`, up to the rounding of fp32.
 *
 * @param rows - `[n, cols]`, finite, n of at least 2
 * @returns for {@link factorise} with ridge 0
 * @throws AdError E_SHAPE, E_ARGUMENT, E_NOT_FINITE (names the row), E_OUT_OF_MEMORY
 * @example
 * const gaussian = await factorise(await ledoitWolf(features), { ridge: 0 });
 */
export async function ledoitWolf(rows: Matrix, options: CallOptions = {}): Promise<ShrunkMoments> {
  checkMatrix('rows', rows);
  if (rows.rows < 2) {
    throw new AdError('E_ARGUMENT', `rows has ${rows.rows} rows; a covariance needs at least 2.`);
  }
  const { mean, scatter } = new PositionMoments(1, rows.cols);
  const shape = { positions: 1, cols: rows.cols } as const;
  const shrinkage = await call(options, (run) =>
    addon().ledoitWolf({ data: rows.data, rows: rows.rows, ...shape, mean, covariance: scatter }, run),
  );
  return { ...shape, mean, scatter, divisor: 1, shrinkage };
}

/** Refuses rows that are not whole images of the positions and columns. */
export function checkRows(rows: Matrix, { positions, cols }: { positions: number; cols: number }): void {
  checkMatrix('rows', rows);
  if (rows.cols !== cols) {
    throw new AdError('E_SHAPE', `rows has ${rows.cols} columns; expected the Gaussians' ${cols}.`);
  }
  if (rows.rows % positions !== 0) {
    throw new AdError(
      'E_SHAPE',
      `rows has ${rows.rows} rows; expected a multiple of the ${positions} positions.`,
    );
  }
}

/** Refuses triangles that do not have the announced shape. */
export function checkGaussians(
  shape: { positions: number; cols: number },
  name: string,
  triangles: Float32Array,
): void {
  const { positions, cols } = shape;
  checkInteger('positions', positions, 1);
  checkInteger('cols', cols, 1);
  const size = triangleSize(cols);
  checkFloats(name, triangles, positions * size, `${positions} x ${size}`);
}
