// The vector code of the room: include after simd/<level>.h.
#pragma once

#include "kernels/coreset/kernels.h"
#include "kernels/distance/canonical.inl.h"

namespace ad {
namespace AD_LEVEL {
namespace {

float nearest_of(const float* point, const float* centres, std::size_t count, std::size_t cols, float bound) {
  for (std::size_t c = 0; c < count; ++c) {
    const float distance = canonical_squared_distance(point, centres + c * cols, cols);
    if (distance < bound) bound = distance;
  }
  return bound;
}

void meet_all(const float* points, const std::uint32_t* ids, std::size_t count, std::size_t cols,
              const float* centre, float* bounds) {
  for (std::size_t i = 0; i < count; ++i) {
    if (bounds[i] < 0) continue;
    const float distance = canonical_squared_distance(points + ids[i] * cols, centre, cols);
    if (distance < bounds[i]) bounds[i] = distance;
  }
}

}  // namespace
}  // namespace AD_LEVEL
}  // namespace ad
