// The canonical squared Euclidean distance, compiled once per level: include after simd/<level>.h.
#pragma once

namespace ad {
namespace AD_LEVEL {
namespace {

/// Sum of (a[i] - b[i])^2 with one order of additions on every level, so that each gives the same bits:
/// element i goes to partial sum i mod 32 (each product rounded, then added), and the 32 sums fold by halves,
/// 16, 8, 4, 2, 1.
inline float canonical_squared_distance(const float* a, const float* b, std::size_t n) {
  constexpr std::size_t kLanes = 32;
  constexpr std::size_t kRegisters = kLanes / F32::kWidth;
  F32 sums[kRegisters];
  for (F32& sum : sums) sum = F32::zero();
  const auto add = [](F32 sum, F32 x, F32 y) {
    const F32 difference = x - y;
    return sum + difference * difference;
  };
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    for (std::size_t r = 0; r < kRegisters; ++r) {
      const std::size_t at = i + r * F32::kWidth;
      sums[r] = add(sums[r], F32::load(a + at), F32::load(b + at));
    }
  }
  for (std::size_t r = 0; i < n; ++r, i += F32::kWidth) {
    if (n - i >= F32::kWidth) {
      sums[r] = add(sums[r], F32::load(a + i), F32::load(b + i));
    } else {
      sums[r] = add(sums[r], F32::load_first(a + i, n - i), F32::load_first(b + i, n - i));
    }
  }
  float lanes[kLanes];
  for (std::size_t r = 0; r < kRegisters; ++r) sums[r].store(lanes + r * F32::kWidth);
  for (std::size_t half = kLanes / 2; half > 0; half /= 2) {
    for (std::size_t l = 0; l < half; ++l) lanes[l] += lanes[l + half];
  }
  return lanes[0];
}

}  // namespace
}  // namespace AD_LEVEL
}  // namespace ad
