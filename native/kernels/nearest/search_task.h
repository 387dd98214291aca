#pragma once

#include <cstddef>
#include <vector>

#include "ad/matrix_view.h"
#include "ad/run.h"
#include "kernels/nearest/centred_bank.h"
#include "kernels/nearest/finite.h"
#include "kernels/nearest/head.h"
#include "kernels/nearest/positions.h"
#include "kernels/nearest/top_k.h"

namespace ad::nearest {

/// Queries [first, end) of a search against one segment of the bank.
struct SearchTask {
  MatrixView<const float> queries;
  std::size_t first;
  std::size_t end;
  Positions segment;
  std::size_t k;
};

/// `head` may be null. The best k of the segment for each query of the task (fewer where the segment has
/// fewer rows). Queries that are not finite are reported and left out; after a cancellation what is missing
/// is missing.
std::vector<TopK> search(const CentredBank& bank, const Head* head, const SearchTask& task,
                         NotFinite& not_finite, const Run& run);

}  // namespace ad::nearest
