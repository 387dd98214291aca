#pragma once

#include <cstddef>
#include <cstdint>

#include "cpu/level.h"

namespace ad {

/// Rows that are projected together, one lane each.
constexpr std::size_t kProjectedRows = 64;

/// The vector code of the room, one instance per level, the same bits on each.
struct ProjectionKernels {
  /// out[lane] = scale * (sum of columns[plus[..]][lane] - sum of columns[minus[..]][lane]), each sum in
  /// ascending order. `columns` holds kProjectedRows values per column.
  void (*signed_sum)(const float* columns, const std::uint32_t* plus, std::size_t plus_count,
                     const std::uint32_t* minus, std::size_t minus_count, float scale, float* out);
};

extern const LevelTable<ProjectionKernels> kProjection;

}  // namespace ad
