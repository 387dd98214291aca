#pragma once

#include <cstddef>

namespace ad {

// A symmetric or lower triangular matrix of `cols` columns, packed: column j holds rows j .. cols - 1, one
// column after another.

/// Elements of one packed triangle.
constexpr std::size_t triangle_size(std::size_t cols) {
  return cols * (cols + 1) / 2;
}

/// Where row 0 of column j would stand: row i >= j stands i elements after it.
constexpr std::size_t triangle_column(std::size_t cols, std::size_t j) {
  return j * cols - triangle_size(j);
}

}  // namespace ad
