#pragma once

#include <cstddef>

#include "cpu/level.h"

namespace ad {

/// Columns of a triangle that are updated together.
constexpr std::size_t kScatterColumns = 4;

/// Rows that are added up together, so that the sums are read and written once for all of them.
constexpr std::size_t kRowsTogether = 4;

/// The vector code of the room, one instance per level. Its tiles fill the registers of AVX2 just so, and
/// AVX-512 was slower, line-crossing loads being what it makes more of: it takes AVX2's. Levels with a fused
/// multiply-add use it.
struct MomentsKernels {
  /// sums[c] += rows[b * stride + c] for b < count <= kRowsTogether, in order.
  void (*add_rows)(const float* rows, std::size_t stride, std::size_t count, std::size_t n, double* sums);

  /// out[c] = (row[c] - mean[c]) - mean_rest[c]: a mean in two floats, the second what the first has rounded
  /// off.
  void (*deviations)(const float* row, const float* mean, const float* mean_rest, std::size_t n, float* out);

  /// Sum of (row[c] - mean[c])^2.
  double (*squared_deviation)(const float* row, const double* mean, std::size_t n);

  /// Columns first .. last - 1 of a packed triangle: triangle (+)= sum over k of part_k part_k', where parts
  /// is [rank, cols]. `first` is a multiple of kScatterColumns, `last` too or cols; nothing else is written.
  void (*add_products)(const float* parts, std::size_t rank, std::size_t cols, std::size_t first,
                       std::size_t last, bool overwrite, float* triangle);
};

extern const LevelTable<MomentsKernels> kMoments;

}  // namespace ad
