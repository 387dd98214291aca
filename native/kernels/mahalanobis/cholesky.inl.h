// Cholesky's factorisation in double precision: include after simd/<level>.h.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/mahalanobis/kernels.h"
#include "kernels/moments/triangle.h"

namespace ad {
namespace AD_LEVEL {
namespace {

// The matrix lies in panels of kPanel rows, column after column within a panel, as far as the columns that
// its last row has: what the innermost loop reads is contiguous.
constexpr std::size_t kRegisters = 2;
constexpr std::size_t kPanel = kRegisters * F64::kWidth;
// Columns that are finished together; divides kPanel.
constexpr std::size_t kTogether = 4;

/// Where panel p begins: panels before it have kPanel, 2 kPanel, ... columns.
inline std::size_t panel_begin(std::size_t p) {
  return kPanel * kPanel * triangle_size(p);
}

std::size_t cholesky_scratch(std::size_t cols) {
  return panel_begin((cols + kPanel - 1) / kPanel);
}

/// The least that a pivot can be but for rounding: a scatter has no negative pivot, so the ridge; of that a
/// half. Without a ridge, what the fp32 of the scatter leaves of the column's variance.
inline double pivot_floor(double variance, double ridge) {
  return ridge > 0 ? ridge / 2 : 4 * std::numeric_limits<float>::epsilon() * variance;
}

/// Calls each(r) for the rows of panel p that column j of the packed triangle has. A whole panel's loop has a
/// fixed length for the compiler's sake.
template <class Each>
inline void each_row(std::size_t cols, std::size_t p, std::size_t j, const Each& each) {
  const std::size_t first = p * kPanel;
  if (first >= j && first + kPanel <= cols) {
    for (std::size_t r = 0; r < kPanel; ++r) each(r);
  } else {
    for (std::size_t r = first < j ? j - first : 0; r < std::min(kPanel, cols - first); ++r) each(r);
  }
}

/// The covariance. The last panel's rows beyond the matrix are those of a diagonal one, so that the last
/// columns are finished like the others.
inline void unpack(const float* triangle, std::size_t cols, double divisor, double ridge, double* scratch) {
  const double scale = 1 / divisor;
  for (std::size_t p = 0; p * kPanel < cols; ++p) {
    const std::size_t last = (p + 1) * kPanel;
    double* const panel = scratch + panel_begin(p);
    if (cols < last) std::fill(panel, panel + kPanel * last, 0.0);
    for (std::size_t j = 0; j < std::min(cols, last); ++j) {
      const float* const from = triangle + triangle_column(cols, j) + p * kPanel;
      double* const to = panel + j * kPanel;
      each_row(cols, p, j, [&](std::size_t r) { to[r] = static_cast<double>(from[r]) * scale; });
      if (j >= p * kPanel) to[j % kPanel] += ridge;
    }
    for (std::size_t j = cols; j < last; ++j) panel[j * kPanel + j % kPanel] = 1 + ridge;
  }
}

inline void pack(const double* scratch, std::size_t cols, float* triangle) {
  for (std::size_t p = 0; p * kPanel < cols; ++p) {
    for (std::size_t j = 0; j < std::min(cols, (p + 1) * kPanel); ++j) {
      const double* const from = scratch + panel_begin(p) + j * kPanel;
      float* const to = triangle + triangle_column(cols, j) + p * kPanel;
      each_row(cols, p, j, [&](std::size_t r) { to[r] = static_cast<float>(from[r]); });
    }
  }
}

/// A panel's rows in the columns j .. j + kTogether - 1.
using Tile = F64[kTogether][kRegisters];

/// tile = those columns of `panel` minus the part of L L' that the columns before j make. `factors` is where
/// L's rows j .. stand in column 0 of their panel.
inline void subtract_products(const double* panel, const double* factors, std::size_t j, Tile& tile) {
  Tile sums;
  for (auto& column : sums) {
    for (F64& sum : column) sum = F64::zero();
  }
  for (std::size_t k = 0; k < j; ++k) {
    F64 rows[kRegisters];
    for (std::size_t r = 0; r < kRegisters; ++r) rows[r] = F64::load(panel + k * kPanel + r * F64::kWidth);
    for (std::size_t q = 0; q < kTogether; ++q) {
      const F64 factor = F64::broadcast(factors[k * kPanel + q]);
      for (std::size_t r = 0; r < kRegisters; ++r) sums[q][r] = F64::fused(rows[r], factor, sums[q][r]);
    }
  }
  for (std::size_t q = 0; q < kTogether; ++q) {
    for (std::size_t r = 0; r < kRegisters; ++r) {
      tile[q][r] = F64::load(panel + (j + q) * kPanel + r * F64::kWidth) - sums[q][r];
    }
  }
}

/// The rows and columns of L that cross on the diagonal; `reciprocals` are 1 / L_jj.
struct Corner {
  double lower[kTogether][kTogether];
  double reciprocals[kTogether];
};

/// Answers kTogether, or the first column whose pivot is too small. `panel` is the corner's own, `row` its
/// first row there, j its first column.
inline std::size_t factor_corner(const double* panel, std::size_t row, std::size_t j, const Tile& tile,
                                 double ridge, Corner& corner) {
  double columns[kTogether][kPanel];
  for (std::size_t q = 0; q < kTogether; ++q) {
    for (std::size_t r = 0; r < kRegisters; ++r) tile[q][r].store(columns[q] + r * F64::kWidth);
  }
  for (std::size_t q = 0; q < kTogether; ++q) {
    for (std::size_t i = q; i < kTogether; ++i) {
      double value = columns[q][row + i];
      for (std::size_t t = 0; t < q; ++t) value -= corner.lower[i][t] * corner.lower[q][t];
      if (i == q) {
        if (!(value > pivot_floor(panel[(j + q) * kPanel + row + q], ridge))) return q;
        corner.reciprocals[q] = 1 / std::sqrt(value);
      }
      corner.lower[i][q] = value * corner.reciprocals[q];
    }
  }
  return kTogether;
}

/// Solves a tile's rows for those of L and writes them to the panel.
inline void finish_rows(const Tile& tile, const Corner& corner, std::size_t j, double* panel) {
  for (std::size_t r = 0; r < kRegisters; ++r) {
    F64 solved[kTogether];
    for (std::size_t q = 0; q < kTogether; ++q) {
      solved[q] = tile[q][r];
      for (std::size_t t = 0; t < q; ++t) {
        solved[q] = solved[q] - solved[t] * F64::broadcast(corner.lower[q][t]);
      }
      solved[q] = solved[q] * F64::broadcast(corner.reciprocals[q]);
      solved[q].store(panel + (j + q) * kPanel + r * F64::kWidth);
    }
  }
}

std::size_t cholesky(float* triangle, std::size_t cols, double divisor, double ridge, double* scratch) {
  unpack(triangle, cols, divisor, ridge, scratch);
  // Left-looking: each group of columns is finished once, from those before it. The lanes above the diagonal
  // hold nothing and are never read as rows of L.
  for (std::size_t j = 0; j < cols; j += kTogether) {
    const std::size_t own = j / kPanel, row = j % kPanel;
    double* const own_panel = scratch + panel_begin(own);
    Corner corner;
    for (std::size_t p = own; p * kPanel < cols; ++p) {
      double* const panel = scratch + panel_begin(p);
      Tile tile;
      subtract_products(panel, own_panel + row, j, tile);
      if (p == own) {
        const std::size_t good = factor_corner(panel, row, j, tile, ridge, corner);
        if (good < kTogether) return j + good;
      }
      finish_rows(tile, corner, j, panel);
    }
    // Nobody reads L_jj again: its place takes what the factor holds there.
    for (std::size_t q = 0; q < kTogether; ++q) {
      own_panel[(j + q) * kPanel + row + q] = corner.reciprocals[q];
    }
  }
  pack(scratch, cols, triangle);
  return cols;
}

}  // namespace
}  // namespace AD_LEVEL
}  // namespace ad
