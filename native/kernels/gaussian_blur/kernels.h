#pragma once

#include <cstddef>

#include "cpu/level.h"

namespace ad {

/// The vector code of the room, one instance per level, the same bits on each.
struct GaussianBlurKernels {
  /// out[i] = weights[0] * centre(i) + sum over t of weights[t] * (before(i, t) + after(i, t)), t = 1 ..
  /// radius, where centre(i) = lines[radius][i] and before, after are lines[radius - t][i], lines[radius +
  /// t][i].
  void (*weighted_sum)(const float* const* lines, const float* weights, std::size_t radius, std::size_t n,
                       float* out);
};

extern const LevelTable<GaussianBlurKernels> kGaussianBlur;

}  // namespace ad
