#pragma once

#include <vector>

#include "ad/matrix_view.h"
#include "ad/run.h"
#include "ad/status.h"

namespace ad {

/// Refuses NaN and the infinities: not_finite names the first row that holds one, and its column.
Status check_finite(const char* name, MatrixView<const float> rows, const Run& run);

/// The mean of each column, summed in double precision from the first row to the last. Rows are finite.
Status column_means(MatrixView<const float> rows, std::vector<double>& means, const Run& run);

}  // namespace ad
