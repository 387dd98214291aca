#pragma once

#include <cstddef>

#include "cpu/level.h"

namespace ad {

/// Rows of one position that are solved for together, so that its factor is read once for all of them.
constexpr std::size_t kRowsAtOnce = 8;

/// The vector code of the room, one instance per level, the same bits on each.
struct MahalanobisKernels {
  /// How many doubles `cholesky` needs.
  std::size_t (*cholesky_scratch)(std::size_t cols);

  /// One packed scatter to its factor (see mahalanobis.h). Answers cols, or the first column whose pivot is
  /// not above its floor (see `pivot_floor` there), and then leaves the triangle as it was.
  std::size_t (*cholesky)(float* triangle, std::size_t cols, double divisor, double ridge, double* scratch);

  /// squares[b] = |L^-1 (rows[b * stride ..] - mean)|^2 for count <= kRowsAtOnce rows.
  /// `scratch` holds kRowsAtOnce * cols floats.
  void (*squared_distances)(const float* factor, std::size_t cols, const float* mean, const float* rows,
                            std::size_t stride, std::size_t count, float* scratch, double* squares);
};

extern const LevelTable<MahalanobisKernels> kMahalanobis;

}  // namespace ad
