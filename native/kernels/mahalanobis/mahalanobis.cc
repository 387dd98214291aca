#include "kernels/mahalanobis/mahalanobis.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "cpu/parallel.h"
#include "kernels/mahalanobis/kernels.h"
#include "kernels/moments/triangle.h"
#include "kernels/nearest/finite.h"

namespace ad {

Status mahalanobis(MatrixView<const float> rows, MatrixView<const float> mean,
                   MatrixView<const float> factors, float* out, const Run& run) {
  return guarded([&]() -> Status {
    const SolveKernels& kernels = kSolve.pick();
    const std::size_t positions = mean.rows, cols = rows.cols;
    const std::size_t images = rows.rows / positions;
    const std::size_t batches = (images + kRowsAtOnce - 1) / kRowsAtOnce;
    // A thread goes through neighbouring positions, so that what it reads ahead is what it needs next; where
    // a position or two have all the work, the threads share their images.
    const auto workers = static_cast<std::size_t>(worker_count(run, positions * batches));
    const std::size_t block = position_block(positions, workers);
    const bool share_images = positions <= workers;
    const std::size_t items = share_images ? positions * batches : (positions + block - 1) / block;
    std::vector<std::vector<float>> scratch(static_cast<std::size_t>(worker_count(run, items)),
                                            std::vector<float>(kRowsAtOnce * cols));
    nearest::NotFinite not_finite;
    const auto score = [&](std::size_t position, std::size_t batch, int worker) {
      const std::size_t first = batch * kRowsAtOnce, count = std::min(kRowsAtOnce, images - first);
      double squares[kRowsAtOnce];
      const float* const factor = factors.row(position);
      const float* const from = rows.row(first * positions + position);
      float* const own = scratch[static_cast<std::size_t>(worker)].data();
      if (count == 1) {
        squares[0] = kernels.squared_distance(factor, cols, mean.row(position), from, own);
      } else {
        kernels.squared_distances(factor, cols, mean.row(position), from, positions * cols, count, own,
                                  squares);
      }
      for (std::size_t b = 0; b < count; ++b) {
        const std::size_t row = (first + b) * positions + position;
        const bool finite = std::isfinite(squares[b]);
        if (!finite) not_finite.check(rows, row, squares[b]);
        // What is not finite although its row is has overflowed on the way.
        out[row] =
            finite ? static_cast<float>(std::sqrt(squares[b])) : std::numeric_limits<float>::infinity();
      }
    };
    const Status done = parallel_for(run, items, [&](std::size_t item, int worker) {
      if (share_images) return score(item / batches, item % batches, worker);
      for (std::size_t p = item * block; p < std::min(positions, (item + 1) * block); ++p) {
        for (std::size_t batch = 0; batch < batches; ++batch) score(p, batch, worker);
      }
    });
    if (!done.ok()) return done;
    return not_finite.any() ? not_finite.status("features", rows) : Status{};
  });
}

}  // namespace ad
