#include "kernels/kde/kde.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "cpu/parallel.h"
#include "kernels/linear/cholesky.h"
#include "kernels/linear/columns.h"

namespace ad {
namespace {

constexpr double kTwoPi = 6.283185307179586476925286766559;

/// (x - mean) whitener. L is upper triangular: coordinate j depends on the first j + 1 columns.
void whiten(const float* x, const double* mean, const double* whitener, std::size_t d, double* out) {
  std::fill_n(out, d, 0.0);
  for (std::size_t k = 0; k < d; ++k) {
    const double centred = static_cast<double>(x[k]) - mean[k];
    for (std::size_t j = k; j < d; ++j) out[j] += centred * whitener[k * d + j];
  }
}

/// The unbiased covariance [d, d], lower triangle.
Status covariance(MatrixView<const float> rows, const std::vector<double>& mean, std::vector<double>& out,
                  const Run& run) {
  const std::size_t d = rows.cols;
  out.assign(d * d, 0.0);
  return parallel_for(run, d, [&](std::size_t j, int) {
    double* const line = out.data() + j * d;
    for (std::size_t r = 0; r < rows.rows; ++r) {
      const float* const x = rows.row(r);
      const double centred = static_cast<double>(x[j]) - mean[j];
      for (std::size_t k = 0; k <= j; ++k) line[k] += centred * (static_cast<double>(x[k]) - mean[k]);
    }
    for (std::size_t k = 0; k <= j; ++k) line[k] /= static_cast<double>(rows.rows - 1);
  });
}

double squared_distance(const double* a, const float* b, std::size_t n) {
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double difference = a[i] - static_cast<double>(b[i]);
    sum += difference * difference;
  }
  return sum;
}

}  // namespace

Status fit_kde(MatrixView<const float> rows, double bandwidth, GaussianKde<double, float>& out,
               const Run& run) {
  return guarded([&]() -> Status {
    const std::size_t n = rows.rows, d = rows.cols;
    Status status = check_finite("rows", rows, run.stage(0, 0));
    if (!status.ok()) return status;
    std::vector<double> mean;
    status = column_means(rows, mean, run.stage(0, 0));
    if (!status.ok()) return status;
    std::vector<double> factor(d * d);
    if (n > 1) status = covariance(rows, mean, factor, run.stage(0, 0.5));
    if (!status.ok()) return status;
    const std::size_t rank = cholesky(factor, d);
    if (rank < d) {
      return Status::invalid("The covariance of " + std::to_string(n) + " rows of " + std::to_string(d) +
                             " columns has rank " + std::to_string(rank) + "; a density needs rank " +
                             std::to_string(d) +
                             (n <= d ? ", so at least " + std::to_string(d + 1) + " rows."
                                     : ": a column is constant, or depends on others."));
    }
    const double h =
        bandwidth > 0 ? bandwidth : std::pow(static_cast<double>(n), -1 / (static_cast<double>(d) + 4));
    const std::vector<double> inverse = inverse_of_lower(factor, d);
    std::copy(mean.begin(), mean.end(), out.mean);
    std::fill_n(out.whitener, d * d, 0.0);
    out.log_norm = -std::log(static_cast<double>(n)) - static_cast<double>(d) * 0.5 * std::log(kTwoPi);
    for (std::size_t j = 0; j < d; ++j) {
      out.log_norm -= std::log(h * factor[j * d + j]);
      for (std::size_t k = 0; k <= j; ++k) out.whitener[k * d + j] = inverse[j * d + k] / h;
    }
    std::vector<std::vector<double>> scratch(static_cast<std::size_t>(worker_count(run, n)),
                                             std::vector<double>(d));
    return parallel_for(run.stage(0.5, 1), n, [&](std::size_t i, int worker) {
      std::vector<double>& white = scratch[static_cast<std::size_t>(worker)];
      whiten(rows.row(i), out.mean, out.whitener, d, white.data());
      std::transform(white.begin(), white.end(), out.points.row(i),
                     [](double x) { return static_cast<float>(x); });
    });
  });
}

Status kde_log_density(MatrixView<const float> rows, const GaussianKde<const double, const float>& kde,
                       double* out, const Run& run) {
  return guarded([&]() -> Status {
    const std::size_t d = kde.points.cols, n = kde.points.rows;
    const Status status = check_finite("rows", rows, run.stage(0, 0));
    if (!status.ok()) return status;
    std::vector<std::vector<double>> scratch(static_cast<std::size_t>(worker_count(run, rows.rows)),
                                             std::vector<double>(n + d));
    return parallel_for(run, rows.rows, [&](std::size_t r, int worker) {
      double* const squared = scratch[static_cast<std::size_t>(worker)].data();
      double* const white = squared + n;
      whiten(rows.row(r), kde.mean, kde.whitener, d, white);
      double nearest = std::numeric_limits<double>::infinity();
      for (std::size_t i = 0; i < n; ++i) {
        squared[i] = squared_distance(white, kde.points.row(i), d);
        nearest = std::min(nearest, squared[i]);
      }
      // The nearest point's term is 1 in units of itself, so that nothing underflows that counts.
      double sum = 0;
      for (std::size_t i = 0; i < n; ++i) sum += std::exp(0.5 * (nearest - squared[i]));
      out[r] = kde.log_norm - 0.5 * nearest + std::log(sum);
    });
  });
}

}  // namespace ad
