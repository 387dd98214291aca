#include "kernels/mahalanobis/low_rank.h"

#include <cmath>

#include "kernels/mahalanobis/pivot.h"
#include "kernels/moments/triangle.h"

namespace ad {

std::size_t factor_low_rank(float* packed, std::size_t cols, std::size_t kept, double divisor, double ridge,
                            double* scratch) {
  const double scale = 1 / divisor;
  // Column j of L stands at scratch + j cols; behind the columns stand the variances that are left.
  const auto column_at = [&](std::size_t j) { return scratch + j * cols; };
  double* const left = column_at(kept);
  float* const diagonal = packed + diagonal_begin(cols, kept);
  for (std::size_t j = 0; j < kept; ++j) {
    left[j] = static_cast<double>(packed[triangle_column(cols, j) + j]) * scale + ridge;
  }
  for (std::size_t j = kept; j < cols; ++j) left[j] = static_cast<double>(diagonal[j - kept]) * scale + ridge;
  const auto reciprocal = [&](std::size_t j, double variance) {
    return left[j] > pivot_floor(variance * scale + ridge, ridge) ? 1 / std::sqrt(left[j]) : 0.0;
  };
  for (std::size_t j = 0; j < kept; ++j) {
    const float* const from = packed + triangle_column(cols, j);
    double* const column = column_at(j);
    for (std::size_t i = j + 1; i < cols; ++i) column[i] = static_cast<double>(from[i]) * scale;
    for (std::size_t t = 0; t < j; ++t) {
      const double* const other = column_at(t);
      const double factor = other[j];
      for (std::size_t i = j + 1; i < cols; ++i) column[i] -= other[i] * factor;
    }
    column[j] = reciprocal(j, static_cast<double>(from[j]));
    if (column[j] == 0) return j;
    for (std::size_t i = j + 1; i < cols; ++i) {
      column[i] *= column[j];
      left[i] -= column[i] * column[i];
    }
  }
  for (std::size_t j = kept; j < cols; ++j) {
    left[j] = reciprocal(j, static_cast<double>(diagonal[j - kept]));
    if (left[j] == 0) return j;
  }
  for (std::size_t j = 0; j < kept; ++j) {
    float* const to = packed + triangle_column(cols, j);
    for (std::size_t i = j; i < cols; ++i) to[i] = static_cast<float>(column_at(j)[i]);
  }
  for (std::size_t j = kept; j < cols; ++j) diagonal[j - kept] = static_cast<float>(left[j]);
  return cols;
}

}  // namespace ad
