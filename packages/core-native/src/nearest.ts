import type { NearestHandle } from './addon.js';
import { type CallOptions, call } from './call.js';
import { checkInteger, checkMatrix, type Matrix } from './check.js';
import { AdError } from './errors.js';
import { addon } from './load.js';

/** The answer of {@link NearestIndex.search}. */
export interface Neighbours {
  /** `[queries, k]`, row-major: bank rows, nearest first, equal distances by the lower row. */
  indices: Uint32Array;
  /** `[queries, k]`: Euclidean distances (not squared), in the features' unit. */
  distances: Float32Array;
  /** Neighbours per query. */
  k: number;
}

/**
 * Exact k nearest neighbours in a memory bank. The answer is the one of brute force, ties and duplicate rows
 * included, on every CPU and for every thread count; only the time depends on how the features are spread.
 *
 * @example
 * const index = await NearestIndex.build({ data: bank, rows: 16385, cols: 384 });
 * const { distances } = await index.search({ data: patches, rows: 784, cols: 384 }, 1);
 */
export class NearestIndex {
  #closed = false;

  private constructor(
    private readonly handle: NearestHandle,
    /** Rows of the bank. */
    readonly rows: number,
    /** Columns of the bank, and of every query. */
    readonly cols: number,
    /** Where the index is, and its searches compute. */
    readonly device: 'cpu' | 'cuda',
  ) {}

  /**
   * Prepares a bank for search. The index reads `bank.data` in place for as long as it lives: it must not be
   * changed or transferred afterwards. On a CUDA device a copy of it stays there until the index is closed.
   *
   * @param bank - `[rows, cols]`, finite
   * @throws AdError E_SHAPE, E_ARGUMENT, E_NOT_FINITE (names the row), E_OUT_OF_MEMORY
   */
  static async build(bank: Matrix, options: CallOptions = {}): Promise<NearestIndex> {
    checkMatrix('bank', bank);
    const { data, rows, cols } = bank;
    const handle = new (addon().NearestIndex)();
    const device = await call(options, (run) => handle.build({ bank: data, rows, cols }, run));
    return new NearestIndex(handle, rows, cols, device);
  }

  /**
   * Finds the `k` nearest bank rows of each query. Calls may overlap.
   *
   * @param queries - `[n, cols]`, finite; n may be 0
   * @param k - 1 to the bank's rows
   * @throws AdError E_SHAPE, E_ARGUMENT (k, or closed), E_NOT_FINITE (names the row), E_OUT_OF_MEMORY
   */
  async search(queries: Matrix, k: number, options: CallOptions = {}): Promise<Neighbours> {
    checkMatrix('queries', queries);
    if (this.#closed) throw new AdError('E_ARGUMENT', 'The index is closed.', 'Build another one.');
    if (queries.cols !== this.cols) {
      throw new AdError(
        'E_SHAPE',
        `queries have ${queries.cols} columns; expected the bank's ${this.cols}.`,
        'Bank and queries must come from the same backbone, layers and pre-processing.',
      );
    }
    checkInteger('k', k, 1);
    if (k > this.rows) {
      throw new AdError(
        'E_ARGUMENT',
        `k is ${k}, but the bank has ${this.rows} rows.`,
        'Ask for fewer neighbours, or keep more rows in the bank.',
      );
    }
    const { data, rows } = queries;
    const indices = new Uint32Array(rows * k);
    const distances = new Float32Array(rows * k);
    await call(options, (run) => this.handle.search({ queries: data, rows, k, indices, distances }, run));
    return { indices, distances, k };
  }

  /** Gives its memory back now instead of when the garbage collector comes. Searches under way end as if open. */
  close(): void {
    this.#closed = true;
    this.handle.close();
  }
}
