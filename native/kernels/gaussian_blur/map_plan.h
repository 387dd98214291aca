#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels/gaussian_blur/gaussian_blur.h"
#include "kernels/interpolation/axis.h"

namespace ad {

/// Everything about a map that does not change from row to row.
struct MapPlan {
  MapShape shape;
  /// One side of the symmetric kernel: weights[0] at the centre.
  std::vector<float> weights;
  std::vector<Lerp> rows, columns;
  /// For each of radius + n + radius places the one inside that it stands for.
  std::vector<std::uint32_t> around_x, around_y;
  std::size_t radius() const { return weights.size() - 1; }
};

MapPlan plan_maps(const MapShape& shape, double sigma, Border border);

}  // namespace ad
