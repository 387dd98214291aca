// The vector code of the room: include after simd/<level>.h.
#pragma once

#include "kernels/gaussian_blur/kernels.h"

namespace ad {
namespace AD_LEVEL {
namespace {

void weighted_sum(const float* const* lines, const float* weights, std::size_t radius, std::size_t n,
                  float* out) {
  const auto sum_at = [&](auto load, std::size_t i) {
    F32 sum = load(lines[radius] + i) * F32::broadcast(weights[0]);
    for (std::size_t t = 1; t <= radius; ++t) {
      const F32 pair = load(lines[radius - t] + i) + load(lines[radius + t] + i);
      sum = sum + pair * F32::broadcast(weights[t]);
    }
    return sum;
  };
  std::size_t i = 0;
  for (; i + F32::kWidth <= n; i += F32::kWidth) {
    sum_at([](const float* p) { return F32::load(p); }, i).store(out + i);
  }
  if (i < n) sum_at([&](const float* p) { return F32::load_first(p, n - i); }, i).store_first(out + i, n - i);
}

}  // namespace
}  // namespace AD_LEVEL
}  // namespace ad
