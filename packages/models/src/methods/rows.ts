import { AdError, allocateFloats, type Matrix } from '@ad/core-native';

/**
 * A matrix of zeros for one row per patch or image.
 *
 * @param hint - what a person can do where there is no room
 * @throws AdError E_OUT_OF_MEMORY
 */
export function allocateRows(rows: number, cols: number, hint: string): Matrix {
  try {
    return { data: allocateFloats(rows * cols), rows, cols };
  } catch (cause) {
    throw new AdError(
      'E_OUT_OF_MEMORY',
      `${rows} feature vectors need ${(rows * cols * 4e-9).toFixed(1)} GB in one piece, which this process cannot have.`,
      hint,
      { cause },
    );
  }
}

/** Some adjacent rows of a matrix, not copied. */
export function rowsOf({ data, cols }: Matrix, first: number, rows: number): Matrix {
  return { data: data.subarray(first * cols, (first + rows) * cols), rows, cols };
}
