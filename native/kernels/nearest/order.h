#pragma once

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include "kernels/nearest/random.h"

namespace ad::nearest {

/// The bank's rows shuffled, always in the same way. Scanned in this order, the rows seen so far are a fair
/// sample of the bank whatever its order was (a coreset's is far from random), so early limits are good ones.
inline std::vector<std::uint32_t> scan_order(std::size_t rows) {
  std::vector<std::uint32_t> order(rows);
  std::iota(order.begin(), order.end(), 0u);
  Random random(1);
  for (std::size_t i = rows; i > 1; --i) std::swap(order[i - 1], order[random.bits() % i]);
  return order;
}

}  // namespace ad::nearest
