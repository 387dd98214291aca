#pragma once

#include <cstddef>
#include <cstdint>

#include "cpu/level.h"

namespace ad {

/// The vector code of the room, one instance per level. Distances are canonical squared distances.
struct CoresetKernels {
  /// The smaller of `bound` and the distances of `point` to `centres[count][cols]`.
  float (*nearest_of)(const float* point, const float* centres, std::size_t count, std::size_t cols,
                      float bound);

  /// bounds[i] = min(bounds[i], distance of points[ids[i]] to the centre), for those that are not below zero.
  void (*meet_all)(const float* points, const std::uint32_t* ids, std::size_t count, std::size_t cols,
                   const float* centre, float* bounds);
};

extern const LevelTable<CoresetKernels> kCoreset;

}  // namespace ad
