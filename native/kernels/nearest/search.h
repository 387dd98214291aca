#pragma once

#include <cstddef>
#include <vector>

#include "ad/matrix_view.h"
#include "ad/run.h"
#include "ad/status.h"
#include "kernels/nearest/byte_rows.h"
#include "kernels/nearest/centred_bank.h"
#include "kernels/nearest/head.h"
#include "kernels/nearest/top_k.h"

namespace ad::nearest {

/// The k nearest bank rows of each query, 1 <= k <= bank rows. `head` and `bytes` may both be null.
/// not_finite names the first query that holds NaN or an infinity.
Status search(const CentredBank& bank, const Head* head, const ByteRows* bytes,
              MatrixView<const float> queries, std::size_t k, std::vector<TopK>& found, const Run& run);

}  // namespace ad::nearest
