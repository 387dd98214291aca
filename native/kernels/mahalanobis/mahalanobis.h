#pragma once

#include <cstddef>

#include "ad/matrix_view.h"
#include "ad/run.h"
#include "ad/status.h"

namespace ad {

/// Packed scatters [positions, triangle_size(cols, rank)] (moments/triangle.h) to Cholesky factors, in place:
/// L with L L' = S = scatter / divisor + ridge I, and 1 / L_jj in the place of L_jj. Of low rank, L's first
/// columns and a diagonal that makes L L' agree with S in those columns and on the diagonal. Needs divisor >
/// 0 and ridge >= 0. invalid_argument names the first position whose covariance is not positive definite,
/// also if that is hidden by rounding only; the scatters are lost then.
Status factorise(MatrixView<float> scatter, std::size_t cols, double divisor, double ridge, const Run& run);

/// out[i] = sqrt((x - m)' S^-1 (x - m)) for row i of position i mod positions, where `rows` is
/// [images * positions, cols], image after image, `mean` [positions, cols], and `factors` what `factorise`
/// made of S. not_finite names the first bad row; a distance beyond fp32 is infinite.
Status mahalanobis(MatrixView<const float> rows, MatrixView<const float> mean,
                   MatrixView<const float> factors, float* out, const Run& run);

}  // namespace ad
