import type { Coreset, Matrix } from '../index.js';

/** Greedy k-centre by its definition: every row meets every centre, in double precision, ties to the lowest row. */
export function coresetOracle(points: Matrix, count: number, start: number): Coreset {
  const { data, rows, cols } = points;
  const nearest = new Float64Array(rows).fill(Number.POSITIVE_INFINITY);
  const chosen = new Set<number>();
  let next = start;
  let radius = 0;
  while (chosen.size < count) {
    chosen.add(next);
    const centre = next;
    radius = -1;
    for (let row = 0; row < rows; row++) {
      let squared = 0;
      for (let c = 0; c < cols; c++) squared += (data[row * cols + c]! - data[centre * cols + c]!) ** 2;
      nearest[row] = Math.min(nearest[row]!, squared);
      if (!chosen.has(row) && nearest[row]! > radius) {
        radius = nearest[row]!;
        next = row;
      }
    }
  }
  return { indices: Uint32Array.from(chosen), radius: Math.fround(Math.sqrt(Math.max(0, radius))) };
}
