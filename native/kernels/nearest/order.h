#pragma once

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

namespace ad::nearest {

/// The bank's rows shuffled, always in the same way. Scanned in this order, the rows seen so far are a fair
/// sample of the bank whatever its order was (a coreset's is far from random), so early limits are good ones.
inline std::vector<std::uint32_t> scan_order(std::size_t rows) {
  std::vector<std::uint32_t> order(rows);
  std::iota(order.begin(), order.end(), 0u);
  std::uint64_t state = 0;
  for (std::size_t i = rows; i > 1; --i) {
    // SplitMix64 (Steele, Lea, Flood 2014).
    std::uint64_t z = (state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    std::swap(order[i - 1], order[(z ^ (z >> 31)) % i]);
  }
  return order;
}

}  // namespace ad::nearest
