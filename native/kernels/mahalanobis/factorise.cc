#include <algorithm>
#include <string>
#include <vector>

#include "cpu/large_vector.h"
#include "cpu/parallel.h"
#include "kernels/mahalanobis/kernels.h"
#include "kernels/mahalanobis/mahalanobis.h"

namespace ad {
namespace {

/// Where a factorisation stopped; positions are compared first.
struct Failure {
  std::size_t position, column;
};

}  // namespace

Status factorise(MatrixView<float> scatter, std::size_t cols, double divisor, double ridge, const Run& run) {
  return guarded([&]() -> Status {
    const CholeskyKernels& kernels = kCholesky.pick();
    // Side by side as far as there is work for every thread.
    const auto threads = static_cast<std::size_t>(worker_count(run, scatter.rows));
    const std::size_t at_once = std::min(kernels.at_once(cols), (scatter.rows + threads - 1) / threads);
    const std::size_t items = (scatter.rows + at_once - 1) / at_once;
    const auto workers = static_cast<std::size_t>(worker_count(run, items));
    std::vector<LargeVector<double>> scratch(workers, LargeVector<double>(kernels.scratch(cols), 0.0));
    // Each thread goes on after a failure, so that the first position is named whatever the threads.
    std::vector<Failure> failures(workers, Failure{scatter.rows, 0});
    const Status done = parallel_for(run, items, [&](std::size_t item, int worker) {
      const auto own = static_cast<std::size_t>(worker);
      const std::size_t first = item * at_once, count = std::min(at_once, scatter.rows - first);
      std::size_t stopped[kMatricesAtOnce];
      kernels.factor(scatter.row(first), count, cols, divisor, ridge, scratch[own].data(), stopped);
      for (std::size_t b = 0; b < count; ++b) {
        if (stopped[b] < cols && first + b < failures[own].position) failures[own] = {first + b, stopped[b]};
      }
    });
    if (!done.ok()) return done;
    const Failure first =
        *std::min_element(failures.begin(), failures.end(),
                          [](const Failure& a, const Failure& b) { return a.position < b.position; });
    if (first.position == scatter.rows) return {};
    return Status::invalid(
        "The covariance of position " + std::to_string(first.position) +
        " is not positive definite: column " + std::to_string(first.column) +
        " depends on those before it; expected more images than columns, or a larger ridge.");
  });
}

}  // namespace ad
