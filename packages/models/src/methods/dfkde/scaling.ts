import type { Matrix } from '@ad/core-native';

/** The largest Euclidean norm among rows. */
export function largestNorm({ data, rows, cols }: Matrix): number {
  let largest = 0;
  for (let i = 0; i < rows; i++) largest = Math.max(largest, norm(data.subarray(i * cols, (i + 1) * cols)));
  return largest;
}

/** Rows divided by a length, or, without one, each by its own; a row of zeros has none and stays. */
export function bringToScale({ data, rows, cols }: Matrix, length: number | null): Matrix {
  const scaled = new Float32Array(data.length);
  for (let i = 0; i < rows; i++) {
    const row = data.subarray(i * cols, (i + 1) * cols);
    const by = (length ?? norm(row)) || 1;
    for (let c = 0; c < cols; c++) scaled[i * cols + c] = row[c]! / by;
  }
  return { data: scaled, rows, cols };
}

function norm(row: Float32Array): number {
  let squared = 0;
  for (const x of row) squared += x * x;
  return Math.sqrt(squared);
}
