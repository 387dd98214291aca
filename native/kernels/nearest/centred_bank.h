#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "ad/matrix_view.h"
#include "ad/run.h"
#include "ad/status.h"

namespace ad::nearest {

/// What a scan needs to know of a bank. Rows are centred, so that a common offset costs no digits, and taken
/// in scan order: position p holds row order[p].
struct CentredBank {
  MatrixView<const float> rows;
  std::vector<float> mean;
  std::vector<std::uint32_t> order;
  /// Half the squared norm of each centred row.
  std::vector<float> half_norms;
  double max_norm = 0;
};

/// Centres, measures and shuffles a bank; not_finite names the first row that holds NaN or an infinity.
Status centre(MatrixView<const float> rows, CentredBank& out, const Run& run);

}  // namespace ad::nearest
