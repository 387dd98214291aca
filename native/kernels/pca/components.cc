#include "kernels/pca/components.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "kernels/linear/cholesky.h"

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

/// transform [count, stride] times the first `cols` columns of `source`, rounded into the rows of `out`.
template <class T>
Status multiply_columns(const PcaKernels& kernels, const double* transform, std::size_t count,
                        std::size_t stride, MatrixView<const T> source, std::size_t cols, const double* means,
                        float* out, const Run& run) {
  const Lines left = rows_of(MatrixView<const double>{transform, count, stride}, nullptr);
  std::vector<double> block(padded(count) * std::min(kColumnsAtOnce, padded(cols)));
  for (std::size_t begin = 0; begin < cols; begin += kColumnsAtOnce) {
    const std::size_t end = std::min(cols, begin + kColumnsAtOnce), lanes = padded(end - begin);
    const auto share = [&](std::size_t at) { return static_cast<double>(at) / static_cast<double>(cols); };
    const Status done = products(kernels, left, columns_of(source, begin, end, means), source.rows,
                                 block.data(), lanes, run.stage(share(begin), share(end)));
    if (!done.ok()) return done;
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t c = begin; c < end; ++c) {
        out[i * cols + c] = static_cast<float>(block[i * lanes + c - begin]);
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
  return multiply_columns(kernels, inverse.data(), rows.rows, rows.rows, view, rows.cols, nullptr, rows.data,
                          run.stage(0.5, 1));
}

}  // namespace

std::size_t rank_of(const std::vector<double>& values) {
  std::size_t rank = 0;
  while (rank < values.size() && values[rank] > kRank * kRank * values[0]) ++rank;
  return rank;
}

std::size_t count_share(const std::vector<double>& values, double share, double total) {
  const std::size_t rank = rank_of(values);
  std::size_t count = 0;
  for (double sum = 0; count < rank && sum < share * total;) sum += values[count++];
  return count;
}

Status no_components(MatrixView<const float> rows) {
  return Status::invalid(rows.rows == 1 ? "rows has one row; principal components need at least two."
                                        : "All " + std::to_string(rows.rows) +
                                              " rows are equal: they have no principal components.");
}

Status too_many_components(std::size_t asked, std::size_t found, MatrixView<const float> rows) {
  return Status::invalid("keep is " + std::to_string(asked) + ", but " + std::to_string(rows.rows) +
                         " rows of " + std::to_string(rows.cols) + " columns have only " +
                         std::to_string(found) +
                         (found == 1 ? " principal component." : " principal components."));
}

void fix_sign(float* row, std::size_t n) {
  const float* const largest =
      std::max_element(row, row + n, [](float a, float b) { return std::abs(a) < std::abs(b); });
  if (*largest >= 0) return;
  for (std::size_t c = 0; c < n; ++c) row[c] = -row[c];
}

template <class T>
Status combine(const PcaKernels& kernels, std::vector<double>& transform, std::size_t stride,
               MatrixView<const T> source, const double* means, Pca& out, const Run& run) {
  const std::size_t cols = out.mean.size();
  const std::size_t count = out.singular_values.size();
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t r = 0; r < source.rows; ++r) transform[i * stride + r] /= out.singular_values[i];
  }
  out.components.resize(count * cols);
  Status status = multiply_columns(kernels, transform.data(), count, stride, source, cols, means,
                                   out.components.data(), run.stage(0, 0.6));
  if (!status.ok()) return status;
  if (out.singular_values.back() < kOrthogonal * out.singular_values.front()) {
    status = orthonormalise(kernels, {out.components.data(), count, cols}, run.stage(0.6, 1));
    if (!status.ok()) return status;
  }
  for (std::size_t i = 0; i < count; ++i) fix_sign(out.components.data() + i * cols, cols);
  return {};
}

template Status combine(const PcaKernels&, std::vector<double>&, std::size_t, MatrixView<const float>,
                        const double*, Pca&, const Run&);
template Status combine(const PcaKernels&, std::vector<double>&, std::size_t, MatrixView<const double>,
                        const double*, Pca&, const Run&);

}  // namespace ad
