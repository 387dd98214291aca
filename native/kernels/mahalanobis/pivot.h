#pragma once

#include <limits>

namespace ad {

/// The least that a pivot can be but for rounding: a scatter has no negative pivot, so the ridge; of that a
/// half. Without a ridge, what the fp32 of the scatter leaves of the column's variance.
constexpr double pivot_floor(double variance, double ridge) {
  return ridge > 0 ? ridge / 2 : 4 * static_cast<double>(std::numeric_limits<float>::epsilon()) * variance;
}

}  // namespace ad
