// The vector code of the room: include after simd/<level>.h.
#pragma once

#include "kernels/projection/kernels.h"

namespace ad {
namespace AD_LEVEL {
namespace {

constexpr std::size_t kRegisters = kProjectedRows / F32::kWidth;

/// sums[r] += columns[list[i]], for all i in order.
inline void add_columns(const float* columns, const std::uint32_t* list, std::size_t count, F32* sums) {
  for (std::size_t i = 0; i < count; ++i) {
    const float* column = columns + list[i] * kProjectedRows;
    for (std::size_t r = 0; r < kRegisters; ++r) sums[r] = sums[r] + F32::load(column + r * F32::kWidth);
  }
}

void signed_sum(const float* columns, const std::uint32_t* plus, std::size_t plus_count,
                const std::uint32_t* minus, std::size_t minus_count, float scale, float* out) {
  F32 gained[kRegisters], lost[kRegisters];
  for (std::size_t r = 0; r < kRegisters; ++r) gained[r] = lost[r] = F32::zero();
  add_columns(columns, plus, plus_count, gained);
  add_columns(columns, minus, minus_count, lost);
  const F32 factor = F32::broadcast(scale);
  for (std::size_t r = 0; r < kRegisters; ++r) ((gained[r] - lost[r]) * factor).store(out + r * F32::kWidth);
}

}  // namespace
}  // namespace AD_LEVEL
}  // namespace ad
