#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ad {

/// The sparse matrix of a projection: for each component the columns that it adds and those that it takes
/// away, both ascending. offsets[2 j] begins what component j adds, offsets[2 j + 1] what it takes away.
struct SignedColumns {
  std::vector<std::uint32_t> offsets, columns;

  std::size_t components() const { return offsets.size() / 2; }
  const std::uint32_t* plus(std::size_t j) const { return columns.data() + offsets[2 * j]; }
  const std::uint32_t* minus(std::size_t j) const { return columns.data() + offsets[2 * j + 1]; }
  std::size_t plus_count(std::size_t j) const { return offsets[2 * j + 1] - offsets[2 * j]; }
  std::size_t minus_count(std::size_t j) const { return offsets[2 * j + 2] - offsets[2 * j + 1]; }
};

/// Draws the matrix of README.md.
SignedColumns draw_signed_columns(std::size_t components, std::size_t cols, double density,
                                  std::uint64_t seed);

/// What multiplies every sum.
float projection_scale(std::size_t components, double density);

}  // namespace ad
