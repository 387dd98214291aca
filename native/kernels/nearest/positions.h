#pragma once

#include <cstddef>

namespace ad::nearest {

/// A range of the scan order.
struct Positions {
  std::size_t first;
  std::size_t end;
};

/// Segments begin at multiples of this, which is one of every level's panel height.
constexpr std::size_t kSegmentStep = 192;

}  // namespace ad::nearest
