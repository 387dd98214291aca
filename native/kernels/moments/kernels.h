#pragma once

#include <cstddef>

#include "cpu/level.h"

namespace ad {

/// Columns of a triangle that are updated together: also what a row of parts is padded to, so that every
/// level reads whole registers.
constexpr std::size_t kScatterColumns = 16;

/// Rows that are added up together, so that the sums are read and written once for all of them.
constexpr std::size_t kRowsTogether = 4;

/// How far apart the rows of parts lie.
constexpr std::size_t parts_stride(std::size_t cols) {
  return (cols + kScatterColumns - 1) / kScatterColumns * kScatterColumns;
}

/// The vector code of the room, one instance per level. Levels with a fused multiply-add use it.
struct MomentsKernels {
  /// sums[c] += rows[b * stride + c] for b < count <= kRowsTogether, in order.
  void (*add_rows)(const float* rows, std::size_t stride, std::size_t count, std::size_t n, double* sums);

  /// out[c] = (row[c] - mean[c]) - mean_rest[c]: a mean in two floats, the second what the first has rounded
  /// off.
  void (*deviations)(const float* row, const float* mean, const float* mean_rest, std::size_t n, float* out);

  /// Sum of (row[c] - mean[c])^2.
  double (*squared_deviation)(const float* row, const double* mean, std::size_t n);

  /// Columns first .. last - 1 of a packed triangle: triangle (+)= sum over k of part_k part_k', where parts
  /// is [rank, parts_stride(cols)], zeros behind cols, best where lines of cache begin. `first` is a multiple
  /// of kScatterColumns, `last` too or cols; nothing else is written.
  void (*add_products)(const float* parts, std::size_t rank, std::size_t cols, std::size_t first,
                       std::size_t last, bool overwrite, float* triangle);
};

extern const LevelTable<MomentsKernels> kMoments;

}  // namespace ad
