#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "ad/matrix_view.h"
#include "ad/run.h"

namespace ad::bench {

/// Greedy k-centre as it is usually written: one pass over all rows per centre, by the canonical distance, on
/// all threads, with the maximum found in the same pass. The reference that kernels/coreset is measured
/// against, and whose rows it must choose.
std::vector<std::uint32_t> naive_coreset(MatrixView<const float> points, std::size_t count, std::size_t start,
                                         const Run& run);

}  // namespace ad::bench
