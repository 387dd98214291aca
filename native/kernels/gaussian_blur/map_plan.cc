#include "kernels/gaussian_blur/map_plan.h"

#include <cmath>

namespace ad {
namespace {

/// One side of the symmetric kernel: weights[0] at the centre.
std::vector<float> gaussian_weights(double sigma) {
  const auto radius = static_cast<std::size_t>(4 * sigma + 0.5);
  std::vector<double> weights(radius + 1);
  double total = 0;
  for (std::size_t t = 0; t <= radius; ++t) {
    weights[t] = t == 0 ? 1 : std::exp(-0.5 * static_cast<double>(t * t) / (sigma * sigma));
    total += t == 0 ? weights[t] : 2 * weights[t];
  }
  std::vector<float> out(radius + 1);
  for (std::size_t t = 0; t <= radius; ++t) out[t] = static_cast<float>(weights[t] / total);
  return out;
}

/// Which place inside [0, n) a place before, in or after it stands for; folds as often as it must.
std::uint32_t folded(std::ptrdiff_t at, std::size_t n, Border border) {
  if (n == 1) return 0;
  const auto length = static_cast<std::ptrdiff_t>(n);
  const std::ptrdiff_t period = border == Border::mirror ? 2 * length - 2 : 2 * length;
  at = ((at % period) + period) % period;
  if (at >= length) at = border == Border::mirror ? period - at : period - 1 - at;
  return static_cast<std::uint32_t>(at);
}

/// For each of radius + n + radius places the one that it stands for.
std::vector<std::uint32_t> folded_axis(std::size_t n, std::size_t radius, Border border) {
  std::vector<std::uint32_t> axis(n + 2 * radius);
  for (std::size_t i = 0; i < axis.size(); ++i) {
    axis[i] = folded(static_cast<std::ptrdiff_t>(i) - static_cast<std::ptrdiff_t>(radius), n, border);
  }
  return axis;
}

}  // namespace

MapPlan plan_maps(const MapShape& shape, double sigma, Border border) {
  MapPlan plan{shape,
               gaussian_weights(sigma),
               lerp_axis(shape.height, shape.out_height),
               lerp_axis(shape.width, shape.out_width),
               {},
               {}};
  plan.around_x = folded_axis(shape.out_width, plan.radius(), border);
  plan.around_y = folded_axis(shape.out_height, plan.radius(), border);
  return plan;
}

}  // namespace ad
