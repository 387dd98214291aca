#include "kernels/pca/randomised.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <string>

#include "cpu/parallel.h"
#include "kernels/pca/components.h"
#include "kernels/pca/symmetric_eigen.h"

namespace ad {
namespace {

// Fixed, so that the same rows have the same components.
constexpr std::uint64_t kSeed = 2011;
// Of the largest eigenvalue: less than this is no growth.
constexpr double kConverged = 1e-9;
// Components that are looked for first where a share is asked for; then four times as many.
constexpr std::size_t kFirstGuess = 112;

/// Lines of doubles, padded with zeros to whole lanes: [padded(count), stride].
struct Sample {
  std::size_t count, length, stride;
  std::vector<double> values;

  Sample(std::size_t count, std::size_t length)
      : count(count), length(length), stride(padded(length)), values(padded(count) * stride) {}
  Lines lines() const { return rows_of(view(), nullptr); }
  MatrixView<const double> view() const { return {values.data(), count, stride}; }
};

/// One more multiplication of a sample's lines by the rows or, `across`, by their columns.
Status multiply(const PcaKernels& kernels, const Sample& sample, MatrixView<const float> rows,
                const double* means, bool across, Sample& out, const Run& run) {
  const Lines lines = across ? columns_of(rows, 0, rows.cols, means) : rows_of(rows, means);
  out = Sample(sample.count, across ? rows.cols : rows.rows);
  return products(kernels, sample.lines(), lines, sample.length, out.values.data(), out.stride, run);
}

/// The eigenvalues of a sample's products among its lines, and the vectors of those that are no rounding.
Status eigen_of(const PcaKernels& kernels, const Sample& sample, SymmetricEigen& eigen, const Run& run) {
  const std::size_t side = padded(sample.count);
  std::vector<double> gram(side * side);
  const Status status =
      products_among(kernels, sample.lines(), sample.length, gram.data(), side, run.stage(0, 0.5));
  if (!status.ok()) return status;
  return symmetric_eigen(
      kernels, gram.data(), sample.count, side,
      [](const std::vector<double>& values, std::size_t& count) {
        count = rank_of(values);
        return Status{};
      },
      eigen, run.stage(0.5, 1));
}

/// Lines that span what the sample's do, orthonormal as far as its singular values are apart, which is enough
/// to go on with.
Status orthonormal(const PcaKernels& kernels, Sample& sample, SymmetricEigen& eigen, const Run& run) {
  const std::size_t side = padded(sample.count), count = eigen.vectors.size() / side;
  for (std::size_t i = 0; i < count; ++i) {
    const double scale = 1 / std::sqrt(eigen.values[i]);
    for (std::size_t c = 0; c < side; ++c) eigen.vectors[i * side + c] *= scale;
  }
  Sample out(count, sample.length);
  const Lines left = rows_of(MatrixView<const double>{eigen.vectors.data(), count, side}, nullptr);
  const Status status = products(kernels, left, columns_of(sample.view(), 0, sample.length, nullptr),
                                 sample.count, out.values.data(), out.stride, run);
  sample = std::move(out);
  return status;
}

/// Lines of random signs.
Sample random_signs(std::size_t count, std::size_t length) {
  Sample out(count, length);
  std::mt19937_64 random(kSeed);
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t c = 0; c < length; ++c) out.values[i * out.stride + c] = random() >> 63 ? 1 : -1;
  }
  return out;
}

bool converged(const std::vector<double>& now, const std::vector<double>& before, std::size_t wanted) {
  if (before.size() != now.size()) return false;
  for (std::size_t i = 0; i < std::min(wanted, now.size()); ++i) {
    if (now[i] - before[i] > kConverged * now[0]) return false;
  }
  return true;
}

/// Leaves a sample Q' X of the rows' range, Q orthonormal, and its eigenvalues and vectors.
Status sample_range(const PcaKernels& kernels, MatrixView<const float> rows, const double* means,
                    std::size_t wanted, Sample& sample, SymmetricEigen& eigen, const Run& run) {
  sample = random_signs(std::min(wanted + kOversampling, std::min(rows.rows, rows.cols)), rows.cols);
  std::vector<double> before;
  for (int step = 0; step <= kMostIterations; ++step) {
    const auto at = [&](double part) { return (step + part) / (kMostIterations + 1); };
    Sample image(0, 0);
    Status status = multiply(kernels, sample, rows, means, false, image, run.stage(at(0), at(0.4)));
    if (!status.ok()) return status;
    // Twice: what is dependent to half of its digits is orthonormal to all of them only then.
    for (double begin : {0.4, 0.45}) {
      status = eigen_of(kernels, image, eigen, run.stage(at(begin), at(begin + 0.03)));
      if (!status.ok()) return status;
      status = orthonormal(kernels, image, eigen, run.stage(at(begin + 0.03), at(begin + 0.05)));
      if (!status.ok()) return status;
    }
    status = multiply(kernels, image, rows, means, true, sample, run.stage(at(0.5), at(0.9)));
    if (!status.ok()) return status;
    status = eigen_of(kernels, sample, eigen, run.stage(at(0.9), at(1)));
    if (!status.ok()) return status;
    if (converged(eigen.values, before, wanted)) return {};
    before = eigen.values;
  }
  return {};
}

/// Sum of squares of the centred rows.
Status total_variance(MatrixView<const float> rows, const double* means, double& out, const Run& run) {
  std::vector<double> squares(rows.rows);
  const Status status = parallel_for(run, rows.rows, [&](std::size_t r, int) {
    double sum = 0;
    for (std::size_t c = 0; c < rows.cols; ++c) {
      const double x = static_cast<double>(rows.row(r)[c]) - means[c];
      sum += x * x;
    }
    squares[r] = sum;
  });
  out = 0;
  for (const double square : squares) out += square;
  return status;
}

}  // namespace

Status randomised_pca(const PcaKernels& kernels, MatrixView<const float> rows, const double* means,
                      const PcaKeep& keep, Pca& out, const Run& run) {
  Status status = total_variance(rows, means, out.total_variance, run.stage(0, 0));
  if (!status.ok()) return status;
  if (!(out.total_variance > 0)) return no_components(rows);
  constexpr std::size_t kMost = kLargestPca - kOversampling;
  if (keep.count > kMost) {
    return Status::invalid("keep is " + std::to_string(keep.count) + "; of rows as many as " +
                           std::to_string(rows.rows) + " x " + std::to_string(rows.cols) + " at most " +
                           std::to_string(kMost) + " principal components can be kept.");
  }
  Sample sample(0, 0);
  SymmetricEigen eigen;
  std::size_t count = keep.count;
  double begun = 0;
  for (std::size_t wanted = count > 0 ? count : kFirstGuess;; wanted = std::min(kMost, 4 * wanted)) {
    // A larger sample costs at least four times as much.
    const double end = count > 0 || wanted == kMost ? 0.9 : begun + (0.9 - begun) / 4;
    status = sample_range(kernels, rows, means, wanted, sample, eigen, run.stage(begun, end));
    begun = end;
    if (!status.ok()) return status;
    const std::size_t rank = rank_of(eigen.values);
    if (count > rank) return too_many_components(count, rank, rows);
    if (count > 0) break;
    const std::size_t enough = count_share(eigen.values, keep.share, out.total_variance);
    // Of a whole range all can be told; of a sample's, what lies above its edge.
    if (enough <= wanted || rank < sample.count) {
      count = enough;
      break;
    }
    if (wanted == kMost) {
      return Status::invalid("keep is a share of the variance that more than " + std::to_string(kMost) +
                             " principal components hold; of rows as many as " + std::to_string(rows.rows) +
                             " x " + std::to_string(rows.cols) + " no more can be kept.");
    }
  }
  out.singular_values.resize(count);
  for (std::size_t i = 0; i < count; ++i) out.singular_values[i] = std::sqrt(eigen.values[i]);
  return combine(kernels, eigen.vectors, padded(sample.count), sample.view(), nullptr, out,
                 run.stage(0.9, 1));
}

}  // namespace ad
