// Distances by forward substitution: include after simd/<level>.h.
#pragma once

#include "kernels/mahalanobis/kernels.h"
#include "kernels/moments/triangle.h"

namespace ad {
namespace AD_LEVEL {
namespace {

// Columns of L that are taken away from the rows below them together.
constexpr std::size_t kColumnsAtOnce = 4;

/// Solves columns j .. j + kColumns - 1: adds the squares of the solutions and takes their part away from the
/// rest of each residual.
template <std::size_t kColumns>
inline void solve_columns(const float* factor, std::size_t cols, std::size_t j, std::size_t count,
                          float* residuals, double* squares) {
  const float* columns[kColumns];
  for (std::size_t q = 0; q < kColumns; ++q) columns[q] = factor + triangle_column(cols, j + q);
  float solved[kRowsAtOnce][kColumns];
  for (std::size_t b = 0; b < count; ++b) {
    for (std::size_t q = 0; q < kColumns; ++q) {
      float value = residuals[b * cols + j + q];
      for (std::size_t t = 0; t < q; ++t) value -= columns[t][j + q] * solved[b][t];
      // The diagonal holds 1 / L_jj.
      solved[b][q] = value * columns[q][j + q];
      squares[b] += static_cast<double>(solved[b][q]) * static_cast<double>(solved[b][q]);
    }
  }
  const auto subtract = [&](std::size_t i, auto load, auto store) {
    F32 below[kColumns];
    for (std::size_t q = 0; q < kColumns; ++q) below[q] = load(columns[q] + i);
    for (std::size_t b = 0; b < count; ++b) {
      float* const at = residuals + b * cols + i;
      F32 rest = load(at);
      for (std::size_t q = 0; q < kColumns; ++q) rest = rest - below[q] * F32::broadcast(solved[b][q]);
      store(at, rest);
    }
  };
  std::size_t i = j + kColumns;
  for (; i + F32::kWidth <= cols; i += F32::kWidth) {
    subtract(i, [](const float* p) { return F32::load(p); }, [](float* p, F32 x) { x.store(p); });
  }
  if (const std::size_t rest = cols - i; rest > 0) {
    subtract(
        i, [=](const float* p) { return F32::load_first(p, rest); },
        [=](float* p, F32 x) { x.store_first(p, rest); });
  }
}

void squared_distances(const float* factor, std::size_t cols, const float* mean, const float* rows,
                       std::size_t stride, std::size_t count, float* residuals, double* squares) {
  for (std::size_t b = 0; b < count; ++b) {
    for (std::size_t c = 0; c < cols; ++c) residuals[b * cols + c] = rows[b * stride + c] - mean[c];
    squares[b] = 0;
  }
  std::size_t j = 0;
  for (; j + kColumnsAtOnce <= cols; j += kColumnsAtOnce) {
    solve_columns<kColumnsAtOnce>(factor, cols, j, count, residuals, squares);
  }
  for (; j < cols; ++j) solve_columns<1>(factor, cols, j, count, residuals, squares);
}

}  // namespace
}  // namespace AD_LEVEL
}  // namespace ad
