#include "naive_coreset.h"

#include <algorithm>
#include <limits>

#include "cpu/parallel.h"
#include "kernels/distance/distance.h"

namespace ad::bench {

std::vector<std::uint32_t> naive_coreset(MatrixView<const float> points, std::size_t count, std::size_t start,
                                         const Run& run) {
  constexpr std::size_t kRowsPerTask = 8192;
  const auto squared = kDistance.pick().squared;
  const std::size_t tasks = (points.rows + kRowsPerTask - 1) / kRowsPerTask;
  std::vector<float> nearest(points.rows, std::numeric_limits<float>::infinity());
  std::vector<std::uint32_t> farthest(tasks);
  std::vector<std::uint32_t> chosen{static_cast<std::uint32_t>(start)};
  while (chosen.size() < count) {
    const std::uint32_t last = chosen.back();
    // Below every distance, so that no row is chosen twice, duplicates or not.
    nearest[last] = -1;
    parallel_for(run, tasks, [&](std::size_t task, int) {
      const std::size_t first = task * kRowsPerTask, end = std::min(first + kRowsPerTask, points.rows);
      std::size_t best = first;
      for (std::size_t row = first; row < end; ++row) {
        if (nearest[row] >= 0) {
          nearest[row] = std::min(nearest[row], squared(points.row(row), points.row(last), points.cols));
        }
        if (nearest[row] > nearest[best]) best = row;
      }
      farthest[task] = static_cast<std::uint32_t>(best);
    });
    chosen.push_back(*std::max_element(farthest.begin(), farthest.end(),
                                       [&](auto a, auto b) { return nearest[a] < nearest[b]; }));
  }
  return chosen;
}

}  // namespace ad::bench
