#include "kernels/pca/symmetric_eigen.h"

#include <algorithm>
#include <numeric>

#include "kernels/pca/tridiagonal.h"

namespace ad {

Status symmetric_eigen(
    const PcaKernels& kernels, double* matrix, std::size_t n, std::size_t stride,
    const std::function<Status(const std::vector<double>& values, std::size_t& count)>& how_many,
    SymmetricEigen& out, const Run& run) {
  Tridiagonal tridiagonal;
  Status status = tridiagonalise(kernels, matrix, n, stride, tridiagonal, run.stage(0, 0.5));
  if (!status.ok()) return status;
  std::vector<double> blocks;
  status = ql_iteration(kernels, tridiagonal, blocks, run.stage(0.5, 0.8));
  if (!status.ok()) return status;

  const std::vector<double>& values = tridiagonal.diagonal;
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return values[a] > values[b]; });
  out.values.resize(n);
  for (std::size_t i = 0; i < n; ++i) out.values[i] = values[order[i]];
  std::size_t count = 0;
  status = how_many(out.values, count);
  if (!status.ok()) return status;

  out.vectors.assign(count * stride, 0.0);
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t c = 0; c < n; c += kRotatedColumns) {
      const double* const from = blocks.data() + c * n + order[i] * kRotatedColumns;
      std::copy_n(from, std::min(kRotatedColumns, n - c), out.vectors.data() + i * stride + c);
    }
  }
  return apply_reflections(kernels, matrix, tridiagonal, stride, out.vectors.data(), count,
                           run.stage(0.8, 1));
}

}  // namespace ad
