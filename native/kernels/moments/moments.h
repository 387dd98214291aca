#pragma once

#include <cstddef>

#include "ad/matrix_view.h"
#include "ad/run.h"
#include "ad/status.h"

namespace ad {

/// Adds images to the moments of each position. `rows` is [images * positions, cols], image after image;
/// `mean` [positions, cols]; `scatter` [positions, triangle_size(cols, rank)], the sums of squared deviations
/// as packed triangles, of which rank columns are kept and the diagonal (triangle.h). `seen` images are in
/// the moments already; with 0 both are overwritten. not_finite names the first bad row. Whatever does not
/// succeed leaves the moments half-changed.
Status add_moments(MatrixView<const float> rows, std::size_t positions, std::size_t seen,
                   MatrixView<double> mean, MatrixView<float> scatter, const Run& run);

/// Adds the moments of `added` other images to those of `seen`, which are overwritten if that is 0.
Status merge_moments(MatrixView<double> mean, MatrixView<float> scatter, std::size_t seen,
                     MatrixView<const double> other_mean, MatrixView<const float> other_scatter,
                     std::size_t added, const Run& run);

/// The covariance of at least two rows (divided by their number), drawn towards its mean variance as far as
/// Ledoit and Wolf (2004) find best: (1 - shrinkage) S + shrinkage tr(S) / cols I, a packed triangle.
/// scikit-learn's `ledoit_wolf`. not_finite names the first bad row.
Status ledoit_wolf(MatrixView<const float> rows, double* mean, float* covariance, double& shrinkage,
                   const Run& run);

}  // namespace ad
