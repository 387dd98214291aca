import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { type Matrix, NearestIndex } from './index.js';

/** Rows of a lattice, so that distances are known and ties are many. */
function lattice(rows: number, cols: number): Matrix {
  return { data: Float32Array.from({ length: rows * cols }, (_, i) => (i * 7919) % 11), rows, cols };
}

/** The oracle: plain double precision over everything, ties by the lower row. The lattice is exact in fp32. */
function bruteForce(bank: Matrix, queries: Matrix, k: number) {
  const indices: number[] = [];
  const distances: number[] = [];
  for (let q = 0; q < queries.rows; q++) {
    const all = Array.from({ length: bank.rows }, (_, row) => {
      let squared = 0;
      for (let c = 0; c < bank.cols; c++) {
        squared += ((bank.data[row * bank.cols + c] ?? 0) - (queries.data[q * bank.cols + c] ?? 0)) ** 2;
      }
      return { row, squared };
    });
    all.sort((a, b) => a.squared - b.squared || a.row - b.row);
    for (const { row, squared } of all.slice(0, k)) {
      indices.push(row);
      distances.push(Math.fround(Math.sqrt(squared)));
    }
  }
  return { indices: Uint32Array.from(indices), distances: Float32Array.from(distances), k };
}

describe('NearestIndex', () => {
  it.each([1, 2, 5])('answers like brute force on %i threads, ties by the lower row', async (threads) => {
    const bank = lattice(500, 6);
    const queries = lattice(40, 6);
    const index = await NearestIndex.build(bank, { threads });
    expect([index.rows, index.cols]).toEqual([500, 6]);
    for (const k of [1, 9, 500]) {
      expect(await index.search(queries, k, { threads })).toEqual(bruteForce(bank, queries, k));
    }
  });

  it('takes no queries, and searches that overlap', async () => {
    const bank = lattice(100, 4);
    const index = await NearestIndex.build(bank);
    const none = await index.search({ data: new Float32Array(), rows: 0, cols: 4 }, 3);
    expect(none.indices.length + none.distances.length).toBe(0);
    const [one, two] = await Promise.all([index.search(lattice(9, 4), 1), index.search(lattice(30, 4), 2)]);
    expect(one).toEqual(bruteForce(bank, lattice(9, 4), 1));
    expect(two).toEqual(bruteForce(bank, lattice(30, 4), 2));
  });

  it('refuses more neighbours than rows, and columns that differ', async () => {
    const index = await NearestIndex.build(lattice(10, 4));
    await expect(index.search(lattice(2, 4), 11)).rejects.toMatchObject({
      code: 'E_ARGUMENT',
      message: 'k is 11, but the bank has 10 rows.',
    });
    await expect(index.search(lattice(2, 4), 1.5)).rejects.toMatchObject({ code: 'E_ARGUMENT' });
    await expect(index.search(lattice(2, 3), 1)).rejects.toMatchObject({
      code: 'E_SHAPE',
      message: "queries have 3 columns; expected the bank's 4.",
    });
  });

  it('refuses NaN and infinities, naming the row', async () => {
    const bad = lattice(10, 4);
    bad.data[4 * 6 + 1] = Number.NaN;
    await expect(NearestIndex.build(bad)).rejects.toMatchObject({
      code: 'E_NOT_FINITE',
      message: 'bank row 6 holds NaN in column 1; expected finite numbers.',
    });
    const index = await NearestIndex.build(lattice(10, 4));
    await expect(index.search(bad, 1)).rejects.toThrow('queries row 6 holds NaN in column 1');
  });

  it('refuses a bank whose memory went to another thread', async () => {
    const bank = lattice(10, 4);
    const index = await NearestIndex.build(bank);
    structuredClone(bank.data, { transfer: [bank.data.buffer as ArrayBuffer] });
    await expect(index.search(lattice(1, 4), 1)).rejects.toThrow('transferred away');
  });

  it('stops at an abort with the reason given', async () => {
    const index = await NearestIndex.build(lattice(20000, 32));
    const controller = new AbortController();
    const searching = index.search(lattice(2000, 32), 50, { signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(searching).rejects.toThrow('enough');
  });

  it('reports progress within 0..1', async () => {
    const shares: number[] = [];
    const index = await NearestIndex.build(lattice(3000, 16));
    await index.search(lattice(600, 16), 3, { onProgress: (share) => shares.push(share) });
    expect(shares.length).toBeGreaterThan(0);
    expect(shares.every((share) => share > 0 && share <= 1)).toBe(true);
  });

  it('works in a worker thread', async () => {
    const entry = new URL('../dist/index.js', import.meta.url).href;
    const worker = new Worker(
      `import(${JSON.stringify(entry)}).then(async ({ NearestIndex }) => {
        const bank = { data: Float32Array.of(0, 0, 3, 4, 6, 8), rows: 3, cols: 2 };
        const index = await NearestIndex.build(bank);
        const found = await index.search({ data: Float32Array.of(6, 9), rows: 1, cols: 2 }, 3);
        require('node:worker_threads').parentPort.postMessage(found);
      })`,
      { eval: true },
    );
    const found = await new Promise((resolve, reject) =>
      worker.once('message', resolve).once('error', reject),
    );
    expect(found).toEqual({
      indices: Uint32Array.of(2, 1, 0),
      distances: Float32Array.from([1, Math.sqrt(34), Math.sqrt(117)]),
      k: 3,
    });
  });
});
