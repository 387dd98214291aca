#include <algorithm>
#include <string>
#include <vector>

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
    const MahalanobisKernels& kernels = kMahalanobis.pick();
    const auto workers = static_cast<std::size_t>(worker_count(run, scatter.rows));
    std::vector<std::vector<double>> scratch(workers, std::vector<double>(kernels.cholesky_scratch(cols)));
    // Each thread goes on after a failure, so that the first position is named whatever the threads.
    std::vector<Failure> failures(workers, Failure{scatter.rows, 0});
    const Status done = parallel_for(run, scatter.rows, [&](std::size_t p, int worker) {
      const auto own = static_cast<std::size_t>(worker);
      const std::size_t column = kernels.cholesky(scatter.row(p), cols, divisor, ridge, scratch[own].data());
      if (column < cols && p < failures[own].position) failures[own] = {p, column};
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
