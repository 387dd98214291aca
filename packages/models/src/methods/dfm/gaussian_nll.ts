import type { Matrix } from '@ad/core-native';

/**
 * Gaussian negative log-likelihood of rows in principal coordinates, twice and without its constant:
 * |x / s|^2 + 2 sum log s.
 *
 * @param deviations - s, one per coordinate
 */
export function gaussianNll({ data, rows, cols }: Matrix, deviations: Float64Array): Float64Array {
  const logVolume = deviations.reduce((sum, s) => sum + 2 * Math.log(s), 0);
  return Float64Array.from({ length: rows }, (_, i) => {
    let sum = logVolume;
    for (let c = 0; c < cols; c++) sum += (data[i * cols + c]! / deviations[c]!) ** 2;
    return sum;
  });
}
