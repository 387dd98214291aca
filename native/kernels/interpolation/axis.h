#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace ad {

/// For one output position along an axis: the two input positions around it and the share of the second.
struct Lerp {
  std::size_t low, high;
  float share;
};

/// Bilinear interpolation along one axis with half-pixel centres (align_corners = false), clamped at the
/// edges: output i looks at (i + 1/2) * input / output - 1/2.
inline std::vector<Lerp> lerp_axis(std::size_t input, std::size_t output) {
  std::vector<Lerp> axis(output);
  const double scale = static_cast<double>(input) / static_cast<double>(output);
  for (std::size_t i = 0; i < output; ++i) {
    const double last = static_cast<double>(input) - 1;
    const double at = std::clamp((static_cast<double>(i) + 0.5) * scale - 0.5, 0.0, last);
    const auto low = static_cast<std::size_t>(at);
    axis[i] = {low, std::min(low + 1, input - 1), static_cast<float>(at - std::floor(at))};
  }
  return axis;
}

/// Nearest neighbour along one axis as torch's F.interpolate(mode = 'nearest') has it: output i looks at
/// floor(i * input / output).
inline std::vector<Lerp> nearest_axis(std::size_t input, std::size_t output) {
  std::vector<Lerp> axis(output);
  // In single precision, as torch rounds: 41 * (2 / 82) is 0.99999994 there, and place 41 takes the first of
  // two.
  const float scale = static_cast<float>(input) / static_cast<float>(output);
  for (std::size_t i = 0; i < output; ++i) {
    const std::size_t at = std::min(static_cast<std::size_t>(static_cast<float>(i) * scale), input - 1);
    axis[i] = {at, at, 0.0f};
  }
  return axis;
}

}  // namespace ad
