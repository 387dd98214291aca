#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "ad/matrix_view.h"
#include "ad/run.h"
#include "ad/status.h"

namespace ad {

/// One 8-connected region of a map, in map pixels.
struct Component {
  std::int32_t left, top, width, height;
  std::int64_t area;
  float peak;
  std::int32_t peak_x, peak_y;
};

/// Regions where `map >= threshold` (NaN is never inside), ordered by first pixel in row order.
/// A peak shared by several pixels is the first of them in row order.
Status find_components(MatrixView<const float> map, float threshold, std::vector<Component>& out,
                       const Run& run);

}  // namespace ad
