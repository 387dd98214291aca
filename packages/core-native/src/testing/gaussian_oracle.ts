import type { Matrix } from '../index.js';

/** Mean and packed scatter of one position in double precision, two passes. */
export function exactMoments({ data, rows, cols }: Matrix, positions: number, position: number) {
  const images = rows / positions;
  const at = (i: number, c: number) => data[(i * positions + position) * cols + c]!;
  const each = (value: (i: number) => number) =>
    Array.from({ length: images }, (_, i) => value(i)).reduce((a, b) => a + b, 0);
  const mean = Array.from({ length: cols }, (_, c) => each((i) => at(i, c)) / images);
  const scatter: number[] = [];
  for (let a = 0; a < cols; a++) {
    for (let b = a; b < cols; b++) scatter.push(each((i) => (at(i, a) - mean[a]!) * (at(i, b) - mean[b]!)));
  }
  return { mean, scatter };
}

/**
 * sqrt((x - mean)' (scatter / divisor + ridge I)^-1 (x - mean)), by elimination in double precision. From column `rank` on
 * nothing is eliminated: these are independent of each other given those before.
 */
export function exactDistance(
  x: ArrayLike<number>,
  { mean, scatter }: { mean: number[]; scatter: number[] },
  { divisor, ridge, rank = mean.length }: { divisor: number; ridge: number; rank?: number },
): number {
  const cols = mean.length;
  const start = (j: number) => j * cols - (j * (j - 1)) / 2;
  const covariance = mean.map((_, i) =>
    mean.map((_, j) => scatter[start(Math.min(i, j)) + Math.abs(i - j)]! / divisor + (i === j ? ridge : 0)),
  );
  const rest = mean.map((m, c) => x[c]! - m);
  let square = 0;
  for (let j = 0; j < cols; j++) {
    const pivot = covariance[j]![j]!;
    square += rest[j]! ** 2 / pivot;
    for (let i = j + 1; i < cols && j < rank; i++) {
      const factor = covariance[i]![j]! / pivot;
      rest[i]! -= factor * rest[j]!;
      for (let k = j; k < cols; k++) covariance[i]![k]! -= factor * covariance[j]![k]!;
    }
  }
  return Math.sqrt(square);
}
