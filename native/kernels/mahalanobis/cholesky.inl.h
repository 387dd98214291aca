// Cholesky's factorisation in double precision: include after simd/<level>.h.
#pragma once

#include <algorithm>
#include <limits>

#include "kernels/mahalanobis/kernels.h"
#include "kernels/moments/triangle.h"

namespace ad {
namespace AD_LEVEL {
namespace {

// There are two ways to fill a register: neighbouring rows of one matrix (OneMatrix), or the same element of
// several matrices (ManyMatrices). Each is a Shape: the elements that it factors at a time are of type
// Element, of kLanes doubles. Both go the same way through the same kind of memory: panels of kPanel rows,
// column after column within a panel, as far as the columns that its last row has. What the innermost loop
// reads is contiguous.

/// Where panel p begins, in elements: panels before it have kPanel, 2 kPanel, ... columns.
template <class Shape>
inline std::size_t panel_begin(std::size_t p) {
  return Shape::kPanel * Shape::kPanel * triangle_size(p);
}

/// Doubles that the panels of a matrix take.
template <class Shape>
inline std::size_t panel_doubles(std::size_t cols) {
  return panel_begin<Shape>((cols + Shape::kPanel - 1) / Shape::kPanel) * Shape::kLanes;
}

/// The least that a pivot can be but for rounding: a scatter has no negative pivot, so the ridge; of that a
/// half. Without a ridge, what the fp32 of the scatter leaves of the column's variance.
inline double pivot_floor(double variance, double ridge) {
  return ridge > 0 ? ridge / 2 : 4 * std::numeric_limits<float>::epsilon() * variance;
}

/// A panel's rows in the columns j .. j + kTogether - 1.
template <class Shape>
using Tile = F64[Shape::kTogether][Shape::kRegisters];

/// tile = those columns of `panel` minus the part of L L' that the columns before j make. `factors` is where
/// L's rows j .. stand in column 0 of their panel.
template <class Shape>
inline void subtract_products(const double* panel, const double* factors, std::size_t j, Tile<Shape>& tile) {
  constexpr std::size_t kColumn = Shape::kPanel * Shape::kLanes;
  Tile<Shape> sums;
  for (auto& column : sums) {
    for (F64& sum : column) sum = F64::zero();
  }
  for (std::size_t k = 0; k < j; ++k) {
    F64 rows[Shape::kRegisters];
    for (std::size_t r = 0; r < Shape::kRegisters; ++r) {
      rows[r] = F64::load(panel + k * kColumn + r * F64::kWidth);
    }
    for (std::size_t q = 0; q < Shape::kTogether; ++q) {
      const F64 factor = Shape::spread(factors + k * kColumn + q * Shape::kLanes);
      for (std::size_t r = 0; r < Shape::kRegisters; ++r) {
        sums[q][r] = F64::fused(rows[r], factor, sums[q][r]);
      }
    }
  }
  for (std::size_t q = 0; q < Shape::kTogether; ++q) {
    for (std::size_t r = 0; r < Shape::kRegisters; ++r) {
      tile[q][r] = F64::load(panel + (j + q) * kColumn + r * F64::kWidth) - sums[q][r];
    }
  }
}

/// The rows and columns of L that cross on the diagonal, kLanes doubles an element; `reciprocals` are 1 /
/// L_jj.
template <class Shape>
struct Corner {
  double lower[Shape::kTogether][Shape::kTogether][Shape::kLanes];
  double reciprocals[Shape::kTogether][Shape::kLanes];
};

/// Calls `pivot(q, value)` for each pivot of the corner, which says whether to go on. `row` is the corner's
/// first row in its panel.
template <class Shape, class Pivot>
inline bool factor_corner(const Tile<Shape>& tile, std::size_t row, Corner<Shape>& corner,
                          const Pivot& pivot) {
  using Element = typename Shape::Element;
  double columns[Shape::kTogether][Shape::kPanel * Shape::kLanes];
  for (std::size_t q = 0; q < Shape::kTogether; ++q) {
    for (std::size_t r = 0; r < Shape::kRegisters; ++r) tile[q][r].store(columns[q] + r * F64::kWidth);
  }
  for (std::size_t q = 0; q < Shape::kTogether; ++q) {
    for (std::size_t i = q; i < Shape::kTogether; ++i) {
      Element value = Shape::load(columns[q] + (row + i) * Shape::kLanes);
      for (std::size_t t = 0; t < q; ++t) {
        value = value - Shape::load(corner.lower[i][t]) * Shape::load(corner.lower[q][t]);
      }
      if (i == q) {
        if (!pivot(q, value)) return false;
        Shape::store(Shape::reciprocal_root(value), corner.reciprocals[q]);
      }
      Shape::store(value * Shape::load(corner.reciprocals[q]), corner.lower[i][q]);
    }
  }
  return true;
}

/// Solves a tile's rows for those of L and writes them to the panel.
template <class Shape>
inline void finish_rows(const Tile<Shape>& tile, const Corner<Shape>& corner, std::size_t j, double* panel) {
  constexpr std::size_t kColumn = Shape::kPanel * Shape::kLanes;
  Tile<Shape> solved;
  for (std::size_t q = 0; q < Shape::kTogether; ++q) {
    for (std::size_t r = 0; r < Shape::kRegisters; ++r) solved[q][r] = tile[q][r];
  }
  // Unrolled, so that the tile stays in registers.
#pragma GCC unroll 8
  for (std::size_t t = 0; t < Shape::kTogether; ++t) {
    const F64 reciprocal = Shape::spread(corner.reciprocals[t]);
    for (std::size_t r = 0; r < Shape::kRegisters; ++r) {
      solved[t][r] = solved[t][r] * reciprocal;
      solved[t][r].store(panel + (j + t) * kColumn + r * F64::kWidth);
    }
#pragma GCC unroll 8
    for (std::size_t q = t + 1; q < Shape::kTogether; ++q) {
      const F64 factor = Shape::spread(corner.lower[q][t]);
      for (std::size_t r = 0; r < Shape::kRegisters; ++r) {
        solved[q][r] = solved[q][r] - solved[t][r] * factor;
      }
    }
  }
}

/// Factors what the panels hold, in place. Left-looking: each group of columns is finished once, from those
/// before it. The lanes above the diagonal hold nothing and are never read as rows of L. Asks `pivot(column,
/// value, variance)` whether to go on.
template <class Shape, class Pivot>
inline void factor_panels(double* scratch, std::size_t cols, const Pivot& pivot) {
  constexpr std::size_t kPanel = Shape::kPanel, kTogether = Shape::kTogether, kLanes = Shape::kLanes;
  Corner<Shape> corner{};
  for (std::size_t j = 0; j < cols; j += kTogether) {
    const std::size_t own = j / kPanel, row = j % kPanel;
    double* const own_panel = scratch + panel_begin<Shape>(own) * kLanes;
    const auto diagonal = [&](std::size_t q) { return own_panel + ((j + q) * kPanel + row + q) * kLanes; };
    for (std::size_t p = own; p * kPanel < cols; ++p) {
      double* const panel = scratch + panel_begin<Shape>(p) * kLanes;
      Tile<Shape> tile;
      subtract_products<Shape>(panel, own_panel + row * kLanes, j, tile);
      if (p == own) {
        const auto accepted = [&](std::size_t q, auto value) { return pivot(j + q, value, diagonal(q)); };
        if (!factor_corner<Shape>(tile, row, corner, accepted)) return;
      }
      finish_rows<Shape>(tile, corner, j, panel);
    }
    // Nobody reads L_jj again: its place takes what the factor holds there.
    for (std::size_t q = 0; q < kTogether; ++q) {
      std::copy(corner.reciprocals[q], corner.reciprocals[q] + kLanes, diagonal(q));
    }
  }
}

}  // namespace
}  // namespace AD_LEVEL
}  // namespace ad
