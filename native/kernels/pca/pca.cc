#include "kernels/pca/pca.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "cpu/parallel.h"
#include "kernels/linear/cholesky.h"
#include "kernels/linear/columns.h"
#include "kernels/pca/products.h"
#include "kernels/pca/symmetric_eigen.h"

namespace ad {
namespace {

// Singular values up to this share of the largest are zero but for rounding: their squares, which is what is
// computed, are off by some 1e-13 of the largest.
constexpr double kRank = 1e-6;
// Below this share of the largest, a component that is computed from its left vector is no longer orthogonal
// to the others in the last bit of an fp32 number.
constexpr double kOrthogonal = 1e-3;
// Columns that are computed at once in double precision: bounds the scratch memory.
constexpr std::size_t kColumnsAtOnce = 2048;

/// How many eigenvalues to keep, or why it cannot be said.
Status count_kept(const std::vector<double>& values, double total, const PcaKeep& keep,
                  MatrixView<const float> rows, std::size_t& count) {
  std::size_t rank = 0;
  while (rank < values.size() && values[rank] > kRank * kRank * values[0]) ++rank;
  if (keep.count > rank) {
    return Status::invalid("keep is " + std::to_string(keep.count) + ", but " + std::to_string(rows.rows) +
                           " rows of " + std::to_string(rows.cols) + " columns have only " +
                           std::to_string(rank) +
                           (rank == 1 ? " principal component." : " principal components."));
  }
  count = keep.count;
  if (count > 0) return {};
  for (double sum = 0; count < rank && sum < keep.share * total;) sum += values[count++];
  return {};
}

/// transform [count, stride] times the columns of `source`, rounded into the rows of `out`.
Status multiply_columns(const PcaKernels& kernels, const double* transform, std::size_t count,
                        std::size_t stride, MatrixView<const float> source, const double* means, float* out,
                        const Run& run) {
  const Lines left = rows_of(MatrixView<const double>{transform, count, stride}, nullptr);
  std::vector<double> block(padded(count) * std::min(kColumnsAtOnce, padded(source.cols)));
  for (std::size_t begin = 0; begin < source.cols; begin += kColumnsAtOnce) {
    const std::size_t end = std::min(source.cols, begin + kColumnsAtOnce), width = padded(end - begin);
    const auto share = [&](std::size_t at) {
      return static_cast<double>(at) / static_cast<double>(source.cols);
    };
    const Status done = products(kernels, left, columns_of(source, begin, end, means), source.rows,
                                 block.data(), width, run.stage(share(begin), share(end)));
    if (!done.ok()) return done;
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t c = begin; c < end; ++c) {
        out[i * source.cols + c] = static_cast<float>(block[i * width + c - begin]);
      }
    }
  }
  return {};
}

/// Makes nearly orthonormal rows orthonormal, each from those before it: V <- C^-1 V with C C' = V V'.
Status orthonormalise(const PcaKernels& kernels, MatrixView<float> rows, const Run& run) {
  const std::size_t stride = padded(rows.rows);
  const MatrixView<const float> view{rows.data, rows.rows, rows.cols};
  std::vector<double> gram(stride * stride);
  Status status =
      products_among(kernels, rows_of(view, nullptr), rows.cols, gram.data(), stride, run.stage(0, 0.5));
  if (!status.ok()) return status;
  std::vector<double> lower(rows.rows * rows.rows);
  for (std::size_t i = 0; i < rows.rows; ++i) {
    std::copy_n(gram.data() + i * stride, rows.rows, lower.data() + i * rows.rows);
  }
  cholesky(lower, rows.rows);
  const std::vector<double> inverse = inverse_of_lower(lower, rows.rows);
  return multiply_columns(kernels, inverse.data(), rows.rows, rows.rows, view, nullptr, rows.data,
                          run.stage(0.5, 1));
}

/// An eigenvector's sign is arbitrary; its largest element is not negative here.
void fix_sign(float* row, std::size_t n) {
  const float* const largest =
      std::max_element(row, row + n, [](float a, float b) { return std::abs(a) < std::abs(b); });
  if (*largest >= 0) return;
  for (std::size_t c = 0; c < n; ++c) row[c] = -row[c];
}

/// Components from the eigenvectors of the scatter matrix (they are these) or of the Gram matrix: X' u / s.
Status make_components(const PcaKernels& kernels, MatrixView<const float> rows, const double* means,
                       SymmetricEigen& eigen, std::size_t stride, Pca& out, const Run& run) {
  const std::size_t count = out.singular_values.size();
  out.components.resize(count * rows.cols);
  if (rows.cols < rows.rows) {
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t c = 0; c < rows.cols; ++c) {
        out.components[i * rows.cols + c] = static_cast<float>(eigen.vectors[i * stride + c]);
      }
    }
  } else {
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t r = 0; r < rows.rows; ++r) eigen.vectors[i * stride + r] /= out.singular_values[i];
    }
    Status status = multiply_columns(kernels, eigen.vectors.data(), count, stride, rows, means,
                                     out.components.data(), run.stage(0, 0.6));
    if (!status.ok()) return status;
    if (out.singular_values.back() < kOrthogonal * out.singular_values.front()) {
      status = orthonormalise(kernels, {out.components.data(), count, rows.cols}, run.stage(0.6, 1));
      if (!status.ok()) return status;
    }
  }
  for (std::size_t i = 0; i < count; ++i) fix_sign(out.components.data() + i * rows.cols, rows.cols);
  return {};
}

}  // namespace

Status pca(MatrixView<const float> rows, const PcaKeep& keep, Pca& out, const Run& run) {
  return guarded([&]() -> Status {
    const PcaKernels& kernels = kPca.pick();
    const std::size_t side = std::min(rows.rows, rows.cols), stride = padded(side);
    if (side > kLargestPca) {
      return Status::invalid("rows is " + std::to_string(rows.rows) + " x " + std::to_string(rows.cols) +
                             "; the smaller of the two can be at most " + std::to_string(kLargestPca) + ".");
    }
    Status status = check_finite("rows", rows, run.stage(0, 0));
    if (!status.ok()) return status;
    std::vector<double> means;
    status = column_means(rows, means, run.stage(0, 0));
    if (!status.ok()) return status;
    out.mean.assign(means.begin(), means.end());

    std::vector<double> gram(stride * stride);
    const bool by_columns = rows.cols < rows.rows;
    status = products_among(
        kernels, by_columns ? columns_of(rows, 0, rows.cols, means.data()) : rows_of(rows, means.data()),
        by_columns ? rows.rows : rows.cols, gram.data(), stride, run.stage(0, 0.3));
    if (!status.ok()) return status;
    out.total_variance = 0;
    for (std::size_t i = 0; i < side; ++i) out.total_variance += gram[i * stride + i];
    if (!(out.total_variance > 0)) {
      return Status::invalid(rows.rows == 1 ? "rows has one row; principal components need at least two."
                                            : "All " + std::to_string(rows.rows) +
                                                  " rows are equal: they have no principal components.");
    }

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
