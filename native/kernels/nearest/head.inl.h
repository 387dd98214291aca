// Integer scores of a tile of queries with a panel of rows, compiled once per level: include after
// words/<level>.h.
#pragma once

#include "kernels/nearest/kernels.h"

namespace ad {
namespace AD_LEVEL {
namespace {

/// The integer twin of dense_tile: panel[word][row], queries[word][query], scores written for queries with a
/// hit only.
template <std::size_t kQueries, std::size_t kRegisters>
unsigned head_tile(const std::int32_t* panel, const std::int32_t* queries, std::size_t words,
                   const std::int32_t* half_norms, const std::int32_t* thresholds, std::int32_t* scores,
                   std::uint64_t* lanes) {
  constexpr std::size_t kRows = kRegisters * Words::kWidth;
  Words sums[kQueries][kRegisters];
  for (auto& row : sums) {
    for (Words& sum : row) sum = Words::zero();
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
    std::uint64_t reached = 0;
#pragma GCC unroll 8
    for (std::size_t r = 0; r < kRegisters; ++r) {
      sums[q][r] = sums[q][r] - Words::load(half_norms + r * Words::kWidth);
      reached |= Words::at_least(sums[q][r], threshold) << (r * Words::kWidth);
    }
    lanes[q] = reached;
    if (reached == 0) continue;
    hits |= 1u << q;
#pragma GCC unroll 8
    for (std::size_t r = 0; r < kRegisters; ++r) sums[q][r].store(scores + q * kRows + r * Words::kWidth);
  }
  return hits;
}

}  // namespace
}  // namespace AD_LEVEL
}  // namespace ad
