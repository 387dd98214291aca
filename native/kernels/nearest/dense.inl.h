// Dot products of a tile of queries with a panel of bank rows, compiled once per level: include after
// simd/<level>.h.
#pragma once

#include "kernels/nearest/kernels.h"

namespace ad {
namespace AD_LEVEL {
namespace {

/// out[i] = a[i] - b[i], each difference rounded once.
inline void subtract(const float* a, const float* b, std::size_t n, float* out) {
  std::size_t i = 0;
  for (; i + F32::kWidth <= n; i += F32::kWidth) (F32::load(a + i) - F32::load(b + i)).store(out + i);
  if (i < n) (F32::load_first(a + i, n - i) - F32::load_first(b + i, n - i)).store_first(out + i, n - i);
}

/// y[i] += scale * x[i]
inline void add_scaled(float scale, const float* x, std::size_t n, float* y) {
  const F32 factor = F32::broadcast(scale);
  std::size_t i = 0;
  for (; i + F32::kWidth <= n; i += F32::kWidth)
    F32::fused(factor, F32::load(x + i), F32::load(y + i)).store(y + i);
  if (i < n)
    F32::fused(factor, F32::load_first(x + i, n - i), F32::load_first(y + i, n - i))
        .store_first(y + i, n - i);
}

/// Sum of a[i] * b[i] in double precision.
inline double dot(const float* a, const float* b, std::size_t n) {
  constexpr std::size_t kLanes = 16;
  double sums[kLanes] = {};
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    for (std::size_t l = 0; l < kLanes; ++l)
      sums[l] += static_cast<double>(a[i + l]) * static_cast<double>(b[i + l]);
  }
  for (std::size_t l = 0; i + l < n; ++l)
    sums[l] += static_cast<double>(a[i + l]) * static_cast<double>(b[i + l]);
  for (std::size_t half = kLanes / 2; half > 0; half /= 2) {
    for (std::size_t l = 0; l < half; ++l) sums[l] += sums[l + half];
  }
  return sums[0];
}

/// Bit i: scores[i] >= threshold.
template <std::size_t kCount>
inline std::uint64_t reaching(const float* scores, float threshold) {
  // Nearly always none does, which a loop without a branch says fastest.
  int any = 0;
  for (std::size_t i = 0; i < kCount; ++i) any |= scores[i] >= threshold;
  if (any == 0) return 0;
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < kCount; ++i) bits |= static_cast<std::uint64_t>(scores[i] >= threshold) << i;
  return bits;
}

/// One tile of kQueries x (kRegisters * F32::kWidth) dot products, all of them held in registers while the
/// columns go by. The panel and the queries are packed column by column: panel[c][row], queries[c][query].
template <std::size_t kQueries, std::size_t kRegisters>
unsigned dense_tile(const float* panel, const float* queries, std::size_t cols, const float* half_norms,
                    const float* thresholds, float* scores, std::uint64_t* lanes) {
  constexpr std::size_t kRows = kRegisters * F32::kWidth;
  F32 sums[kQueries][kRegisters];
  for (auto& row : sums) {
    for (F32& sum : row) sum = F32::zero();
  }
  for (std::size_t c = 0; c < cols; ++c) {
    F32 bank[kRegisters];
#pragma GCC unroll 8
    for (std::size_t r = 0; r < kRegisters; ++r) bank[r] = F32::load(panel + c * kRows + r * F32::kWidth);
#pragma GCC unroll 16
    for (std::size_t q = 0; q < kQueries; ++q) {
      const F32 query = F32::broadcast(queries[c * kQueries + q]);
#pragma GCC unroll 8
      for (std::size_t r = 0; r < kRegisters; ++r) sums[q][r] = F32::fused(query, bank[r], sums[q][r]);
    }
  }
  unsigned hits = 0;
#pragma GCC unroll 16
  for (std::size_t q = 0; q < kQueries; ++q) {
    float* out = scores + q * kRows;
#pragma GCC unroll 8
    for (std::size_t r = 0; r < kRegisters; ++r) {
      (sums[q][r] - F32::load(half_norms + r * F32::kWidth)).store(out + r * F32::kWidth);
    }
    lanes[q] = reaching<kRows>(out, thresholds[q]);
    if (lanes[q] != 0) hits |= 1u << q;
  }
  return hits;
}

}  // namespace
}  // namespace AD_LEVEL
}  // namespace ad
