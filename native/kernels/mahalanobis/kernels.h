#pragma once

#include <cstddef>

#include "cpu/level.h"

namespace ad {

/// Rows of one position that are solved for together, so that its factor is read once for all of them.
constexpr std::size_t kRowsAtOnce = 8;

/// The most matrices that any level factors side by side.
constexpr std::size_t kMatricesAtOnce = 8;

/// Factors; levels with a fused multiply-add use it.
struct CholeskyKernels {
  /// How many matrices `factor` takes, kMatricesAtOnce at most; company changes no bit.
  std::size_t (*at_once)(std::size_t cols);

  /// How many doubles `factor` needs.
  std::size_t (*scratch)(std::size_t cols);

  /// Packed scatters, one after another, to their factors (see mahalanobis.h). stopped[b] becomes cols, or
  /// the first column whose pivot is too small (see pivot_floor), and then the triangle stays as it was.
  /// `scratch` best begins where a line of cache does.
  void (*factor)(float* triangles, std::size_t count, std::size_t cols, double divisor, double ridge,
                 double* scratch, std::size_t* stopped);
};

/// Distances: the same bits on each level. Eight rows fill the registers of AVX2 just so, and memory is what
/// one row waits for: AVX-512 takes AVX2's.
struct SolveKernels {
  /// |L^-1 (row - mean)|^2; `scratch` holds cols floats.
  double (*squared_distance)(const float* factor, std::size_t cols, const float* mean, const float* row,
                             float* scratch);

  /// The same of rows[b * stride ..] for b < count, 1 <= count <= kRowsAtOnce, to squares[kRowsAtOnce], of
  /// which the rest is no answer. `scratch` holds kRowsAtOnce * cols floats.
  void (*squared_distances)(const float* factor, std::size_t cols, const float* mean, const float* rows,
                            std::size_t stride, std::size_t count, float* scratch, double* squares);
};

extern const LevelTable<CholeskyKernels> kCholesky;
extern const LevelTable<SolveKernels> kSolve;

}  // namespace ad
