#pragma once

#include <vector>

#include "ad/matrix_view.h"
#include "ad/run.h"
#include "ad/status.h"

namespace ad {

/// A Gaussian kernel density with the data's full covariance: p(x) = sum over i of exp(log_norm -
/// |(x - mean) whitener - points_i|^2 / 2). `points` are the whitened data [n, d], rounded to fp32;
/// whitener [d, d] is L with L L' = (h^2 S)^-1; log_norm = log det L - d / 2 log 2 pi - log n.
struct GaussianKde {
  std::vector<double> mean, whitener;
  std::vector<float> points;
  double log_norm = 0;
};

/// Fits the density to rows, which are finite; S is their unbiased covariance, h the bandwidth: a factor, or
/// Scott's n^(-1 / (d + 4)) where it is 0. Refuses rows whose covariance is singular.
Status fit_kde(MatrixView<const float> rows, double bandwidth, GaussianKde& out, const Run& run);

/// log p of each row, finite for every finite row: log-sum-exp in double precision.
Status kde_log_density(MatrixView<const float> rows, const GaussianKde& kde, double* out, const Run& run);

}  // namespace ad
