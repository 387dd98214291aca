#pragma once

#include "ad/matrix_view.h"
#include "ad/run.h"
#include "ad/status.h"

namespace ad {

/// A Gaussian kernel density with the data's full covariance, in memory that the caller owns:
/// log p(x) = log_norm + log sum over i of exp(-|(x - mean) whitener - points_i|^2 / 2).
/// `points` are the whitened data [n, d], rounded to fp32; whitener [d, d] is L with L L' = (h^2 S)^-1;
/// log_norm = log det L - d / 2 log 2 pi - log n.
template <class Double, class Float>
struct GaussianKde {
  Double* mean;
  Double* whitener;
  MatrixView<Float> points;
  double log_norm;
};

/// Fits the density to rows, filling `out`; S is their unbiased covariance, h the bandwidth: a factor, or
/// Scott's n^(-1 / (d + 4)) where it is 0. Refuses rows whose covariance is singular; not_finite names the
/// row.
Status fit_kde(MatrixView<const float> rows, double bandwidth, GaussianKde<double, float>& out,
               const Run& run);

/// log p of each row, finite for every finite row: log-sum-exp in double precision.
Status kde_log_density(MatrixView<const float> rows, const GaussianKde<const double, const float>& kde,
                       double* out, const Run& run);

}  // namespace ad
