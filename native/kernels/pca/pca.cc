#include "kernels/pca/pca.h"

#include <algorithm>
#include <cmath>

#include "cpu/parallel.h"
#include "kernels/linear/columns.h"
#include "kernels/pca/components.h"
#include "kernels/pca/products.h"
#include "kernels/pca/randomised.h"
#include "kernels/pca/symmetric_eigen.h"

namespace ad {
namespace {

/// How many eigenvalues to keep, or why it cannot be said.
Status count_kept(const std::vector<double>& values, double total, const PcaKeep& keep,
                  MatrixView<const float> rows, std::size_t& count) {
  if (keep.count == 0) {
    count = count_share(values, keep.share, total);
    return {};
  }
  count = keep.count;
  const std::size_t rank = rank_of(values);
  return count > rank ? too_many_components(count, rank, rows) : Status{};
}

/// Components from the eigenvectors of the scatter matrix (they are these) or of the Gram matrix: X' u / s.
Status make_components(const PcaKernels& kernels, MatrixView<const float> rows, const double* means,
                       SymmetricEigen& eigen, std::size_t stride, Pca& out, const Run& run) {
  if (rows.cols >= rows.rows) return combine(kernels, eigen.vectors, stride, rows, means, out, run);
  const std::size_t count = out.singular_values.size();
  out.components.resize(count * rows.cols);
  for (std::size_t i = 0; i < count; ++i) {
    float* const component = out.components.data() + i * rows.cols;
    for (std::size_t c = 0; c < rows.cols; ++c) {
      component[c] = static_cast<float>(eigen.vectors[i * stride + c]);
    }
    fix_sign(component, rows.cols);
  }
  return {};
}

}  // namespace

Status pca(MatrixView<const float> rows, const PcaKeep& keep, Pca& out, const Run& run) {
  return guarded([&]() -> Status {
    const PcaKernels& kernels = kPca.pick();
    const std::size_t side = std::min(rows.rows, rows.cols), stride = padded(side);
    Status status = check_finite("rows", rows, run.stage(0, 0));
    if (!status.ok()) return status;
    std::vector<double> means;
    status = column_means(rows, means, run.stage(0, 0));
    if (!status.ok()) return status;
    out.mean.assign(means.begin(), means.end());

    if (side > kLargestPca) return randomised_pca(kernels, rows, means.data(), keep, out, run);
    std::vector<double> gram(stride * stride);
    const bool by_columns = rows.cols < rows.rows;
    status = products_among(
        kernels, by_columns ? columns_of(rows, 0, rows.cols, means.data()) : rows_of(rows, means.data()),
        by_columns ? rows.rows : rows.cols, gram.data(), stride, run.stage(0, 0.3));
    if (!status.ok()) return status;
    out.total_variance = 0;
    for (std::size_t i = 0; i < side; ++i) out.total_variance += gram[i * stride + i];
    if (!(out.total_variance > 0)) return no_components(rows);

    SymmetricEigen eigen;
    status = symmetric_eigen(
        kernels, gram.data(), side, stride,
        [&](const std::vector<double>& values, std::size_t& count) {
          return count_kept(values, out.total_variance, keep, rows, count);
        },
        eigen, run.stage(0.3, 0.8));
    if (!status.ok()) return status;
    const std::size_t count = eigen.vectors.size() / stride;
    out.singular_values.resize(count);
    for (std::size_t i = 0; i < count; ++i) out.singular_values[i] = std::sqrt(eigen.values[i]);
    return make_components(kernels, rows, means.data(), eigen, stride, out, run.stage(0.8, 1));
  });
}

}  // namespace ad
