#include "kernels/nearest/principal_axes.h"

#include <cmath>

#include "kernels/nearest/packed_rows.h"
#include "kernels/nearest/random.h"

namespace ad::nearest {
namespace {

constexpr int kIterations = 3;

void randomise(Random& random, float* row, std::size_t n) {
  for (std::size_t c = 0; c < n; ++c) row[c] = random.bell();
}

}  // namespace

void orthonormalise(const NearestKernels& kernels, float* rows, std::size_t count, std::size_t n) {
  Random random(3);
  for (std::size_t i = 0; i < count; ++i) {
    float* row = rows + i * n;
    double norm = std::sqrt(kernels.dot(row, row, n));
    for (int pass = 0; pass < 2;) {
      const double before = norm;
      for (std::size_t j = 0; j < i; ++j) {
        const float* other = rows + j * n;
        kernels.add_scaled(-static_cast<float>(kernels.dot(other, row, n)), other, n, row);
      }
      norm = std::sqrt(kernels.dot(row, row, n));
      if (!(norm > 1e-5 * before)) {
        // Nothing but rounding is left of it: any other direction serves.
        randomise(random, row, n);
        norm = std::sqrt(kernels.dot(row, row, n));
        pass = 0;
        continue;
      }
      const auto scale = static_cast<float>(1 / norm);
      for (std::size_t c = 0; c < n; ++c) row[c] *= scale;
      norm = 1;
      ++pass;
    }
  }
}

double orthonormality_defect(const NearestKernels& kernels, const float* rows, std::size_t count,
                             std::size_t n) {
  double sum = 0;
  for (std::size_t i = 0; i < count; ++i) {
    sum += std::pow(kernels.dot(rows + i * n, rows + i * n, n) - 1, 2);
    for (std::size_t j = 0; j < i; ++j) sum += 2 * std::pow(kernels.dot(rows + i * n, rows + j * n, n), 2);
  }
  return std::sqrt(sum);
}

Status principal_axes(const NearestKernels& kernels, MatrixView<const float> samples, std::size_t count,
                      std::vector<float>& axes, const Run& run) {
  const std::size_t cols = samples.cols, rows = samples.rows;
  axes.resize(count * cols);
  Random random(2);
  randomise(random, axes.data(), axes.size());
  orthonormalise(kernels, axes.data(), count, cols);
  std::vector<float> along(rows * count);
  for (int i = 0; i < kIterations; ++i) {
    // axes <- orthonormal(axes X' X), as the two products X axes' and (X axes')' X.
    const Strided x{samples.data, rows, cols, cols, 1};
    const double begin = static_cast<double>(i) / kIterations, end = static_cast<double>(i + 1) / kIterations;
    const double half = (begin + end) / 2;
    Status status = multiply(kernels, x, PackedRows(kernels, {axes.data(), count, cols, cols, 1}),
                             along.data(), run.stage(begin, half));
    if (!status.ok()) return status;
    const Strided along_transposed{along.data(), count, rows, 1, count};
    status = multiply(kernels, along_transposed, PackedRows(kernels, {samples.data, cols, rows, 1, cols}),
                      axes.data(), run.stage(half, end));
    if (!status.ok()) return status;
    orthonormalise(kernels, axes.data(), count, cols);
  }
  return {};
}

std::vector<float> mixed(const NearestKernels& kernels, const float* axes, std::size_t count,
                         std::size_t cols) {
  std::vector<float> rotation(count * count);
  Random random(5);
  randomise(random, rotation.data(), rotation.size());
  orthonormalise(kernels, rotation.data(), count, count);
  std::vector<float> out(count * cols);
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = 0; j < count; ++j) {
      kernels.add_scaled(rotation[i * count + j], axes + j * cols, cols, out.data() + i * cols);
    }
  }
  orthonormalise(kernels, out.data(), count, cols);
  return out;
}

}  // namespace ad::nearest
