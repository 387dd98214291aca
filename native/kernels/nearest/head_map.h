#pragma once

#include <cstddef>
#include <vector>

#include "kernels/nearest/packed_rows.h"

namespace ad::nearest {

/// Maps rows of many columns to few coordinates such that distances never grow: the products with orthonormal
/// axes, and the norm of what the axes leave of the row, the tail. (That the tails' norms differ by no more
/// than the tails do is what makes the last coordinate count.) README.md proves the bounds.
class HeadMap {
 public:
  /// `axes` is [count][cols], orthonormal up to rounding. Tails shorter than `shortest_tail` count as that
  /// long, as their computed norms are mostly rounding error.
  HeadMap(const NearestKernels& kernels, const std::vector<float>& axes, std::size_t count,
          double shortest_tail);

  /// count + 1
  std::size_t coordinates() const { return axes_.rows() + 1; }
  std::size_t tile_rows() const { return axes_.tile_rows(); }

  /// Maps `rows` <= tile_rows() centred rows with the given norms. coordinates[i * coordinates()] begins row
  /// i's; errors[i] bounds the Euclidean distance between the coordinates as computed and as exact arithmetic
  /// would give.
  void map(const float* const* centred, const double* norms, std::size_t rows, float* coordinates,
           double* errors) const;

 private:
  std::size_t cols_;
  PackedRows axes_;
  double shortest_tail_;
  double relative_error_;
};

}  // namespace ad::nearest
