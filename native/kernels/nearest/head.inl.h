// Integer scores of a tile of queries with a panel of rows, compiled once per level: include after
// words/<level>.h.
#pragma once

#include "kernels/nearest/kernels.h"

namespace ad {
namespace AD_LEVEL {
namespace {

/// The integer twin of dense_tile: panel[word][row], queries[word][query].
template <std::size_t kQueries, std::size_t kRegisters>
unsigned head_tile(const std::int32_t* panel, const std::int32_t* queries, std::size_t words,
                   const std::int32_t* half_norms, const std::int32_t* thresholds, std::int32_t* scores,
                   std::uint64_t* lanes) {
  constexpr std::size_t kRows = kRegisters * Words::kWidth;
  Words sums[kQueries][kRegisters];
#pragma GCC unroll 8
  for (std::size_t r = 0; r < kRegisters; ++r) {
    const Words start = Words::zero() - Words::load(half_norms + r * Words::kWidth);
#pragma GCC unroll 16
    for (std::size_t q = 0; q < kQueries; ++q) sums[q][r] = start;
  }
  for (std::size_t w = 0; w < words; ++w) {
    Words rows[kRegisters];
#pragma GCC unroll 8
    for (std::size_t r = 0; r < kRegisters; ++r) rows[r] = Words::load(panel + w * kRows + r * Words::kWidth);
#pragma GCC unroll 16
    for (std::size_t q = 0; q < kQueries; ++q) {
      const Words query = Words::broadcast(queries[w * kQueries + q]);
#pragma GCC unroll 8
      for (std::size_t r = 0; r < kRegisters; ++r)
        sums[q][r] = Words::multiply_add(query, rows[r], sums[q][r]);
    }
  }
  unsigned hits = 0;
#pragma GCC unroll 16
  for (std::size_t q = 0; q < kQueries; ++q) {
    const Words threshold = Words::broadcast(thresholds[q]);
    // Nearly always no row reaches it, which one comparison of the best can say.
    Words best = sums[q][0];
#pragma GCC unroll 8
    for (std::size_t r = 1; r < kRegisters; ++r) best = Words::max(best, sums[q][r]);
    if (Words::at_least(best, threshold) == 0) continue;
    hits |= 1u << q;
    lanes[q] = 0;
#pragma GCC unroll 8
    for (std::size_t r = 0; r < kRegisters; ++r) {
      lanes[q] |= Words::at_least(sums[q][r], threshold) << (r * Words::kWidth);
      sums[q][r].store(scores + q * kRows + r * Words::kWidth);
    }
  }
  return hits;
}

}  // namespace
}  // namespace AD_LEVEL
}  // namespace ad
