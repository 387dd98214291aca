#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "ad/matrix_view.h"
#include "ad/run.h"
#include "ad/status.h"
#include "kernels/nearest/kernels.h"

namespace ad::nearest {

/// Orders points such that each run of `size` of them, counted from the first, lies close together: halves
/// them again and again across the direction in which they spread most. Only speed depends on how well.
Status cluster_order(const NearestKernels& kernels, MatrixView<const float> points, std::size_t size,
                     std::vector<std::uint32_t>& order, const Run& run);

}  // namespace ad::nearest
