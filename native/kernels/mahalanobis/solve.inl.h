// Distances by forward substitution: include after simd/<level>.h.
#pragma once

#include <algorithm>

#include "kernels/mahalanobis/kernels.h"
#include "kernels/moments/triangle.h"

namespace ad {
namespace AD_LEVEL {
namespace {

// Columns of L that are taken away from the rows below them together.
constexpr std::size_t kColumnsAtOnce = 4;
// Registers that hold one element of each of kRowsAtOnce rows.
constexpr std::size_t kRowRegisters = kRowsAtOnce / F32::kWidth;

// Both ways subtract the same products from each element in the same order, so a row's distance does not
// depend on its company.

/// One row: a register holds neighbouring elements. Solves columns j .. j + kColumns - 1 and takes their part
/// away from the rest of the residual; answers the sum of squares so far.
template <std::size_t kColumns>
inline double solve_one(const float* factor, std::size_t cols, std::size_t j, float* residual,
                        double square) {
  const float* columns[kColumns];
  float solved[kColumns];
  for (std::size_t q = 0; q < kColumns; ++q) {
    columns[q] = factor + triangle_column(cols, j + q);
    float value = residual[j + q];
    for (std::size_t t = 0; t < q; ++t) value -= columns[t][j + q] * solved[t];
    // The diagonal holds 1 / L_jj.
    solved[q] = value * columns[q][j + q];
    square += static_cast<double>(solved[q]) * static_cast<double>(solved[q]);
  }
  const auto subtract = [&](std::size_t i, auto load, auto store) {
    prefetch_ahead(columns[0] + j + kColumns * (i - j), kColumns * F32::kWidth);
    F32 rest = load(residual + i);
    for (std::size_t q = 0; q < kColumns; ++q) {
      rest = rest - load(columns[q] + i) * F32::broadcast(solved[q]);
    }
    store(residual + i, rest);
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
  return square;
}

/// kRowsAtOnce rows, [cols][kRowsAtOnce]: a register holds one element of several rows.
template <std::size_t kColumns>
inline void solve_many(const float* factor, std::size_t cols, std::size_t j, float* residuals,
                       double* squares) {
  const float* columns[kColumns];
  F32 solved[kColumns][kRowRegisters];
  for (std::size_t q = 0; q < kColumns; ++q) {
    columns[q] = factor + triangle_column(cols, j + q);
    float* const own = residuals + (j + q) * kRowsAtOnce;
    for (std::size_t r = 0; r < kRowRegisters; ++r) {
      F32 value = F32::load(own + r * F32::kWidth);
      for (std::size_t t = 0; t < q; ++t) value = value - F32::broadcast(columns[t][j + q]) * solved[t][r];
      solved[q][r] = value * F32::broadcast(columns[q][j + q]);
      solved[q][r].store(own + r * F32::kWidth);
    }
    for (std::size_t b = 0; b < kRowsAtOnce; ++b) {
      squares[b] += static_cast<double>(own[b]) * static_cast<double>(own[b]);
    }
  }
  for (std::size_t i = j + kColumns; i < cols; ++i) {
    if ((i - j) % kColumnsAtOnce == 0) {
      prefetch_ahead(columns[0] + j + kColumns * (i - j), kColumns * kColumnsAtOnce);
    }
    for (std::size_t r = 0; r < kRowRegisters; ++r) {
      float* const at = residuals + i * kRowsAtOnce + r * F32::kWidth;
      F32 rest = F32::load(at);
      for (std::size_t q = 0; q < kColumns; ++q) {
        rest = rest - F32::broadcast(columns[q][i]) * solved[q][r];
      }
      rest.store(at);
    }
  }
}

double squared_distance(const float* factor, std::size_t cols, std::size_t kept, const float* mean,
                        const float* row, float* scratch) {
  for (std::size_t c = 0; c < cols; ++c) scratch[c] = row[c] - mean[c];
  double square = 0;
  std::size_t j = 0;
  for (; j + kColumnsAtOnce <= kept; j += kColumnsAtOnce) {
    square = solve_one<kColumnsAtOnce>(factor, cols, j, scratch, square);
  }
  for (; j < kept; ++j) square = solve_one<1>(factor, cols, j, scratch, square);
  const float* const diagonal = factor + diagonal_begin(cols, kept);
  for (; j < cols; ++j) {
    const auto solved = static_cast<double>(scratch[j] * diagonal[j - kept]);
    square += solved * solved;
  }
  return square;
}

void squared_distances(const float* factor, std::size_t cols, std::size_t kept, const float* mean,
                       const float* rows, std::size_t stride, std::size_t count, float* scratch,
                       double* squares) {
  for (std::size_t b = 0; b < kRowsAtOnce; ++b) {
    // Lanes without a row of their own repeat the last one.
    const float* const row = rows + std::min(b, count - 1) * stride;
    for (std::size_t c = 0; c < cols; ++c) scratch[c * kRowsAtOnce + b] = row[c] - mean[c];
    squares[b] = 0;
  }
  std::size_t j = 0;
  for (; j + kColumnsAtOnce <= kept; j += kColumnsAtOnce) {
    solve_many<kColumnsAtOnce>(factor, cols, j, scratch, squares);
  }
  for (; j < kept; ++j) solve_many<1>(factor, cols, j, scratch, squares);
  const float* const diagonal = factor + diagonal_begin(cols, kept);
  for (; j < cols; ++j) {
    for (std::size_t b = 0; b < kRowsAtOnce; ++b) {
      const auto solved = static_cast<double>(scratch[j * kRowsAtOnce + b] * diagonal[j - kept]);
      squares[b] += solved * solved;
    }
  }
}

}  // namespace
}  // namespace AD_LEVEL
}  // namespace ad
