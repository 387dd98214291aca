#pragma once

#include <cstddef>

#include "cpu/level.h"

namespace ad {

/// Lines that are multiplied together, one lane each; arrays of doubles below are padded to this.
constexpr std::size_t kPcaLanes = 8;

/// Columns of a block of eigenvectors that are rotated together.
constexpr std::size_t kRotatedColumns = 64;

/// One step of the QL iteration, on rows `row` and `row + 1`.
struct Rotation {
  std::size_t row;
  double cosine, sine;
};

/// The vector code of the room, one instance per level, in double precision. Levels with a fused multiply-add
/// use it: their last bits differ from those of levels without.
struct PcaKernels {
  /// out[i * stride + j] += sum over k of a[k][i] * b[k][j], for the 8 x 8 pairs of lanes, in ascending k.
  void (*tile)(const double* a, const double* b, std::size_t depth, double* out, std::size_t stride);

  /// out[i * 8 + l] += sum over k of lines[i * stride + k] * panel[k * 8 + l], for `count` lines, in
  /// ascending k.
  void (*dots)(const float* lines, std::size_t stride, std::size_t count, const double* panel,
               std::size_t depth, double* out);

  /// panel[k * 8 + l] -= lines[i * stride + k] * factors[i * 8 + l], for `count` lines, in ascending i.
  void (*take_off)(const float* lines, std::size_t stride, std::size_t count, const double* factors,
                   std::size_t depth, double* panel);

  /// row -= v_i * w + w_i * v; returns row . next. n is a whole number of lanes.
  double (*update_and_dot)(double* row, const double* v, const double* w, double v_i, double w_i,
                           const double* next, std::size_t n);

  /// row -= factor * (row . v) * v. n is a whole number of lanes.
  void (*reflect)(double* row, const double* v, double factor, std::size_t n);

  /// Applies the rotations in order: (upper, lower) becomes (c upper - s lower, s upper + c lower), where
  /// upper and lower are the rows of a block kRotatedColumns wide.
  void (*rotate)(double* block, const Rotation* rotations, std::size_t count);
};

extern const LevelTable<PcaKernels> kPca;

}  // namespace ad
