#pragma once

#include <cstddef>

#include "cpu/level.h"

namespace ad {

/// Columns of a triangle that are updated together.
constexpr std::size_t kScatterColumns = 4;

/// The vector code of the room, one instance per level.
struct MomentsKernels {
  /// sums[c] += row[c].
  void (*add_row)(const float* row, std::size_t n, double* sums);

  /// out[c] = row[c] - mean[c], rounded once.
  void (*deviations)(const float* row, const double* mean, std::size_t n, float* out);

  /// Sum of (row[c] - mean[c])^2.
  double (*squared_deviation)(const float* row, const double* mean, std::size_t n);

  /// Columns first .. last - 1 of a packed triangle: triangle (+)= sum over k of part_k part_k', where parts
  /// is [rank, cols]. `first` is a multiple of kScatterColumns, `last` too or cols; nothing else is written.
  void (*add_products)(const float* parts, std::size_t rank, std::size_t cols, std::size_t first,
                       std::size_t last, bool overwrite, float* triangle);
};

extern const LevelTable<MomentsKernels> kMoments;

}  // namespace ad
