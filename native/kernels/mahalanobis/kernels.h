#pragma once

#include <cstddef>

#include "cpu/level.h"

namespace ad {

/// Rows of one position that are solved for together, so that its factor is read once for all of them.
constexpr std::size_t kRowsAtOnce = 8;

/// The vector code of the room, one instance per level; `cholesky` uses a fused multiply-add where there is
/// one, distances have the same bits on each. Eight rows fill the registers of AVX2 just so, and AVX-512 was
/// no faster for the rest: it takes AVX2's.
struct MahalanobisKernels {
  /// How many doubles `cholesky` needs.
  std::size_t (*cholesky_scratch)(std::size_t cols);

  /// One packed scatter to its factor (see mahalanobis.h). Answers cols, or the first column whose pivot is
  /// too small (see pivot_floor), and then leaves the triangle as it was.
  std::size_t (*cholesky)(float* triangle, std::size_t cols, double divisor, double ridge, double* scratch);

  /// |L^-1 (row - mean)|^2; `scratch` holds cols floats.
  double (*squared_distance)(const float* factor, std::size_t cols, const float* mean, const float* row,
                             float* scratch);

  /// The same of rows[b * stride ..] for b < count, 1 <= count <= kRowsAtOnce, to squares[kRowsAtOnce], of
  /// which the rest is no answer. `scratch` holds kRowsAtOnce * cols floats.
  void (*squared_distances)(const float* factor, std::size_t cols, const float* mean, const float* rows,
                            std::size_t stride, std::size_t count, float* scratch, double* squares);
};

extern const LevelTable<MahalanobisKernels> kMahalanobis;

}  // namespace ad
