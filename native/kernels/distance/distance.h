#pragma once

#include <cstddef>

#include "cpu/level.h"

namespace ad {

/// The canonical distance as a function of its own, for callers that are not level files.
struct DistanceKernels {
  float (*squared)(const float* a, const float* b, std::size_t n);
};

extern const LevelTable<DistanceKernels> kDistance;

/// Canonical squared Euclidean distance of two rows of n floats: the same bits on every level (see
/// canonical.inl.h).
inline float squared_distance(const float* a, const float* b, std::size_t n) {
  return kDistance.pick().squared(a, b, n);
}

}  // namespace ad
