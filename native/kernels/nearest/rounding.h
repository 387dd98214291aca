#pragma once

#include <cmath>
#include <cstddef>
#include <limits>

namespace ad::nearest {

/// Half the distance between 1 and the next float: the relative error of one fp32 operation.
constexpr double kUnitRoundoff = 0x1p-24;

/// The largest true distance of two rows of `cols` elements whose canonical squared distance is `squared`:
/// the difference rounds once and is squared (2 u), the product rounds (u), then cols / 32 + 6 additions in a
/// row.
inline double largest_distance(float squared, double cols) {
  const double underflow = cols * 0x1p-149;
  return std::sqrt(squared * (1 + 1.01 * kUnitRoundoff * (cols / 32 + 9)) + underflow) * (1 + 1e-15);
}

/// A float that is not above x.
inline float round_down(double x) {
  const auto nearest = static_cast<float>(x);
  return nearest <= x ? nearest : std::nextafter(nearest, -std::numeric_limits<float>::infinity());
}

}  // namespace ad::nearest
