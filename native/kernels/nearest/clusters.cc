#include "kernels/nearest/clusters.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "cpu/parallel.h"

namespace ad::nearest {
namespace {

// A direction is good enough from so many points and after so many rounds of the power method.
constexpr std::size_t kSample = 128;
constexpr int kRounds = 4;

/// Part of the order.
struct Range {
  std::size_t first, end;
  std::size_t size() const { return end - first; }
};

/// About the direction in which the points of a range spread most.
std::vector<float> widest(const NearestKernels& kernels, const MatrixView<const float>& points,
                          const std::uint32_t* rows, std::size_t count) {
  const std::size_t cols = points.cols, step = (count + kSample - 1) / kSample;
  std::vector<const float*> sample;
  for (std::size_t i = 0; i < count; i += step) sample.push_back(points.row(rows[i]));
  std::vector<float> mean(cols), centred(sample.size() * cols);
  for (const float* row : sample)
    kernels.add_scaled(1 / static_cast<float>(sample.size()), row, cols, mean.data());
  std::vector<float> direction(cols, 1.0f);
  double longest = 0;
  for (std::size_t i = 0; i < sample.size(); ++i) {
    float* row = centred.data() + i * cols;
    kernels.subtract(sample[i], mean.data(), cols, row);
    const double squared = kernels.dot(row, row, cols);
    if (squared <= longest) continue;
    longest = squared;
    std::copy_n(row, cols, direction.begin());
  }
  for (int round = 0; round < kRounds; ++round) {
    const double norm = std::sqrt(kernels.dot(direction.data(), direction.data(), cols));
    if (!(norm > 0)) break;
    std::vector<float> next(cols);
    for (std::size_t i = 0; i < sample.size(); ++i) {
      const float* row = centred.data() + i * cols;
      kernels.add_scaled(static_cast<float>(kernels.dot(row, direction.data(), cols) / norm), row, cols,
                         next.data());
    }
    direction.swap(next);
  }
  return direction;
}

/// Puts the rows of a range that lie low along its widest direction before those that lie high.
void halve(const NearestKernels& kernels, const MatrixView<const float>& points, std::uint32_t* rows,
           std::size_t count, std::size_t low) {
  const std::vector<float> direction = widest(kernels, points, rows, count);
  std::vector<std::pair<double, std::uint32_t>> along(count);
  for (std::size_t i = 0; i < count; ++i)
    along[i] = {kernels.dot(points.row(rows[i]), direction.data(), points.cols), rows[i]};
  std::nth_element(along.begin(), along.begin() + static_cast<std::ptrdiff_t>(low), along.end());
  for (std::size_t i = 0; i < count; ++i) rows[i] = along[i].second;
}

}  // namespace

Status cluster_order(const NearestKernels& kernels, MatrixView<const float> points, std::size_t size,
                     std::vector<std::uint32_t>& order, const Run& run) {
  order.resize(points.rows);
  std::iota(order.begin(), order.end(), 0u);
  // How many levels are left says little about the time left.
  const Run quiet{run.threads, run.cancel, {}};
  std::vector<Range> wide{{0, points.rows}};
  while (!wide.empty()) {
    std::vector<Range> parts(2 * wide.size());
    const Status status = parallel_for(quiet, wide.size(), [&](std::size_t i, int) {
      const Range all = wide[i];
      const std::size_t runs = (all.size() + size - 1) / size, low = all.first + runs / 2 * size;
      if (runs > 1) halve(kernels, points, order.data() + all.first, all.size(), low - all.first);
      parts[2 * i] = {all.first, low};
      parts[2 * i + 1] = {low, all.end};
    });
    if (!status.ok()) return status;
    wide.clear();
    for (const Range& part : parts) {
      if (part.size() > size) wide.push_back(part);
    }
  }
  return {};
}

}  // namespace ad::nearest
