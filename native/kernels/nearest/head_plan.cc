#include "kernels/nearest/head_plan.h"

#include <algorithm>
#include <cmath>

#include "cpu/parallel.h"
#include "kernels/nearest/packed_rows.h"
#include "kernels/nearest/principal_axes.h"

namespace ad::nearest {
namespace {

// Axes a head may have: with the tail, whole words of every grid.
constexpr std::size_t kSizes[] = {31, 47, 63, 95, 127, 191, 255};
constexpr std::size_t kMinRows = 2048, kMinCols = 64;
constexpr std::size_t kSample = 2048, kHeldOut = 64;
constexpr double kNearer = 0.5, kTrial = 1.0 / 16;
// Beyond these norms the fp32 products of the iteration could overflow or vanish.
constexpr double kMinNorm = 0x1p-40, kMaxNorm = 0x1p40;

/// Work per element, in units of one multiply-add of the head: of a product in fp32, and of a row that the
/// head leaves undecided, which comes from memory in no order that a prefetcher could guess.
struct Costs {
  double dense;
  double undecided;
};

constexpr Costs costs(Grid grid) {
  return grid == Grid::int16 ? Costs{1.5, 12} : Costs{4, 48};
}

/// Rows [first, first + count) of the scan order, centred.
std::vector<float> centred_rows(const NearestKernels& kernels, const CentredBank& bank, std::size_t first,
                                std::size_t count) {
  const std::size_t cols = bank.rows.cols;
  std::vector<float> out(count * cols);
  for (std::size_t i = 0; i < count; ++i) {
    kernels.subtract(bank.rows.row(bank.order[first + i]), bank.mean.data(), cols, out.data() + i * cols);
  }
  return out;
}

/// Rows seen along the axes: their coordinates, and their squared norms.
struct Seen {
  MatrixView<const float> rows;
  std::vector<float> along;
  std::vector<double> squared_norms;

  Seen(const NearestKernels& kernels, MatrixView<const float> rows, std::size_t axes)
      : rows(rows), along(rows.rows * axes), squared_norms(rows.rows) {
    for (std::size_t i = 0; i < rows.rows; ++i) {
      squared_norms[i] = kernels.dot(rows.row(i), rows.row(i), rows.cols);
    }
  }
};

/// For each size, the share of sample rows that a head of that size cannot rule out for a held-out row, given
/// `reach` times the distance of its nearest neighbour. Estimates, so plain float and no rounding analysis.
std::vector<double> undecided(const NearestKernels& kernels, const Seen& sample, const Seen& held_out,
                              double reach, const std::vector<std::size_t>& sizes, const Run& run,
                              Status& status) {
  const std::size_t axes = sizes.back(), rows = sample.rows.rows;
  std::vector<std::vector<double>> counts(held_out.rows.rows, std::vector<double>(sizes.size()));
  status = parallel_for(run, held_out.rows.rows, [&](std::size_t h, int) {
    const float* row = held_out.rows.row(h);
    const float* along = held_out.along.data() + h * axes;
    double nearest = INFINITY;
    for (std::size_t i = 0; i < rows; ++i) {
      const double product = kernels.dot(row, sample.rows.row(i), sample.rows.cols);
      nearest = std::min(nearest, held_out.squared_norms[h] + sample.squared_norms[i] - 2 * product);
    }
    const double limit = reach * reach * nearest;
    for (std::size_t i = 0; i < rows; ++i) {
      const float* other = sample.along.data() + i * axes;
      double between = 0, tail = held_out.squared_norms[h], other_tail = sample.squared_norms[i];
      for (std::size_t s = 0, j = 0; s < sizes.size(); ++s) {
        for (; j < sizes[s]; ++j) {
          between += std::pow(static_cast<double>(along[j]) - static_cast<double>(other[j]), 2);
          tail -= std::pow(static_cast<double>(along[j]), 2);
          other_tail -= std::pow(static_cast<double>(other[j]), 2);
        }
        const double tails = std::sqrt(std::max(0.0, tail)) - std::sqrt(std::max(0.0, other_tail));
        if (between + tails * tails > limit) continue;
        ++counts[h][s];
      }
    }
  });
  std::vector<double> shares(sizes.size());
  for (const auto& count : counts) {
    // One of them is the nearest neighbour itself, whatever the size.
    for (std::size_t s = 0; s < sizes.size(); ++s) shares[s] += std::max(0.0, count[s] - 1);
  }
  for (double& share : shares) share /= static_cast<double>(rows * counts.size());
  return shares;
}

}  // namespace

Status plan_head(const NearestKernels& kernels, const CentredBank& bank, HeadPlan& plan, const Run& run) {
  const std::size_t rows = bank.rows.rows, cols = bank.rows.cols;
  if (rows < kMinRows || cols < kMinCols) return {};
  if (!(bank.max_norm > kMinNorm) || !(bank.max_norm < kMaxNorm)) return {};
  std::vector<std::size_t> sizes;
  for (std::size_t size : kSizes) {
    if (size <= cols / 2) sizes.push_back(size);
  }

  const std::size_t sampled = std::min(kSample, rows - kHeldOut);
  const std::vector<float> sample_rows = centred_rows(kernels, bank, 0, sampled);
  const std::vector<float> held_out_rows = centred_rows(kernels, bank, sampled, kHeldOut);
  Seen sample(kernels, {sample_rows.data(), sampled, cols}, sizes.back());
  Seen held_out(kernels, {held_out_rows.data(), kHeldOut, cols}, sizes.back());
  Status status = principal_axes(kernels, sample.rows, sizes.back(), plan.basis, run.stage(0, 0.7));
  if (!status.ok()) return status;
  const PackedRows basis(kernels, {plan.basis.data(), sizes.back(), cols, cols, 1});
  const auto look_along = [&](Seen& seen, const Run& run) {
    return multiply(kernels, {seen.rows.data, seen.rows.rows, cols, cols, 1}, basis, seen.along.data(), run);
  };
  status = look_along(sample, run.stage(0.7, 0.75));
  if (status.ok()) status = look_along(held_out, run.stage(0.75, 0.8));
  if (!status.ok()) return status;
  // Per query and bank row. Queries have to be projected, too.
  const Costs cost = costs(kernels.grid);
  const double width = static_cast<double>(cols), dense = cost.dense * width;
  const auto choose = [&](double reach, double most, const Run& run) {
    const std::vector<double> shares = undecided(kernels, sample, held_out, reach, sizes, run, status);
    for (std::size_t s = 0; s < sizes.size() && status.ok(); ++s) {
      const double scan = static_cast<double>(sizes[s] + 1) * (1 + dense / static_cast<double>(rows));
      const double work = scan + shares[s] * cost.undecided * width;
      if (work >= most) continue;
      most = work;
      plan.axes = sizes[s];
    }
  };
  choose(1, dense, run.stage(0.8, 0.9));
  // No head pays where queries are as far from the bank as its rows are from each other. They may be nearer,
  // as good parts are to a coreset: a head that would pay then, and costs next to nothing, is worth a try.
  if (plan.axes == 0 && status.ok()) choose(kNearer, dense * kTrial, run.stage(0.9, 1));
  if (!status.ok()) return status;

  double sum = 0;
  for (double squared : sample.squared_norms) sum += squared;
  plan.shortest_tail = std::sqrt(sum / static_cast<double>(sampled)) / 16;
  return {};
}

}  // namespace ad::nearest
