import { type CallOptions, call } from './call.js';
import { checkInteger, checkMatrix, type Matrix } from './check.js';
import { AdError } from './errors.js';
import { addon } from './load.js';

/** The answer of {@link greedyCoreset}. */
export interface Coreset {
  /** Chosen rows, in the order chosen. */
  indices: Uint32Array;
  /** Largest Euclidean distance of any row to the chosen ones. */
  radius: number;
}

/**
 * Greedy k-centre selection (Gonzalez 1985; PatchCore's algorithm 1): `start`, then again and again the row farthest
 * from those chosen, ties to the lowest row. The rows are those of the plain loop over all distances, on every CPU and
 * for every thread count.
 *
 * @param points - `[rows, cols]`, finite
 * @throws AdError E_SHAPE, E_ARGUMENT, E_NOT_FINITE (names the row), E_OUT_OF_MEMORY
 * @example
 * const { indices } = await greedyCoreset(points, { count: points.rows / 10, start: 0 });
 */
export async function greedyCoreset(
  points: Matrix,
  { count, start }: { count: number; start: number },
  options: CallOptions = {},
): Promise<Coreset> {
  checkMatrix('points', points);
  if (points.rows === 0) throw new AdError('E_ARGUMENT', 'points has no rows; expected at least one.');
  checkInteger('count', count, 1, points.rows);
  checkInteger('start', start, 0, points.rows - 1);
  const { data, rows, cols } = points;
  const indices = new Uint32Array(count);
  const radius = await call(options, (run) =>
    addon().greedyCoreset({ points: data, rows, cols, start, indices, count }, run),
  );
  return { indices, radius };
}

/** Bytes that {@link greedyCoreset} holds beside its input and its answer, for stating a peak before the work. */
export function coresetScratchBytes(rows: number, cols: number, count: number): number {
  return addon().coresetScratchBytes({ rows, cols, count });
}
