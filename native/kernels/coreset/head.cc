#include "kernels/coreset/head.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "cpu/parallel.h"
#include "kernels/nearest/centred_bank.h"
#include "kernels/nearest/head_map.h"
#include "kernels/nearest/kernels.h"
#include "kernels/nearest/principal_axes.h"
#include "kernels/nearest/rounding.h"

namespace ad::coreset {
namespace {

using nearest::kUnitRoundoff;

// Below these, all distances are measured sooner than the axes are found.
constexpr std::size_t kMinRows = 4096, kMinCols = 32;
// With the tail, whole registers on every level.
constexpr std::size_t kAxes = 47;
constexpr std::size_t kSample = 2048;
// Beyond these norms fp32 products could overflow or vanish.
constexpr double kMinNorm = 0x1p-40, kMaxNorm = 0x1p40;

std::size_t axes_for(std::size_t cols) {
  return std::min(kAxes, cols / 2);
}

/// A sample's principal axes: rows spread evenly in scan order.
Status find_axes(const NearestKernels& kernels, const nearest::CentredBank& bank, std::vector<float>& axes,
                 double& shortest_tail, const Run& run) {
  const std::size_t cols = bank.rows.cols, count = std::min(kSample, bank.rows.rows);
  std::vector<float> sample(count * cols);
  double squared = 0;
  for (std::size_t i = 0; i < count; ++i) {
    float* const out = sample.data() + i * cols;
    kernels.subtract(bank.rows.row(bank.order[i]), bank.mean.data(), cols, out);
    squared += kernels.dot(out, out, cols);
  }
  shortest_tail = std::sqrt(squared / static_cast<double>(count)) / 16;
  return nearest::principal_axes(kernels, {sample.data(), count, cols}, axes_for(cols), axes, run);
}

}  // namespace

Status Head::build(MatrixView<const float> points, std::unique_ptr<const Head>& out, const Run& run) {
  const NearestKernels& kernels = kNearest.pick();
  nearest::CentredBank bank;
  Status status = nearest::centre(points, bank, run.stage(0, 0.1));
  if (!status.ok() || points.rows < kMinRows || points.cols < kMinCols) return status;
  if (!(bank.max_norm > kMinNorm) || !(bank.max_norm < kMaxNorm)) return {};
  std::vector<float> axes;
  double shortest_tail;
  status = find_axes(kernels, bank, axes, shortest_tail, run.stage(0.1, 0.3));
  if (!status.ok()) return status;
  const nearest::HeadMap map(kernels, axes, axes_for(points.cols), shortest_tail);

  std::unique_ptr<Head> head(new Head);
  const std::size_t width = map.tile_rows(), count = map.coordinates();
  head->coordinates_ = count;
  head->cols_ = static_cast<double>(points.cols);
  head->values_.resize(points.rows * count);
  head->half_norms_.resize(points.rows);
  head->errors_.resize(points.rows);
  status = parallel_for(run.stage(0.3, 1), (points.rows + width - 1) / width, [&](std::size_t tile, int) {
    const std::size_t first = tile * width, n = std::min(width, points.rows - first);
    std::vector<float> centred(width * points.cols);
    std::vector<const float*> rows(width);
    std::vector<double> norms(width), errors(width);
    for (std::size_t i = 0; i < n; ++i) {
      rows[i] = centred.data() + i * points.cols;
      kernels.subtract(points.row(first + i), bank.mean.data(), points.cols,
                       centred.data() + i * points.cols);
      norms[i] = std::sqrt(kernels.dot(rows[i], rows[i], points.cols));
    }
    map.map(rows.data(), norms.data(), n, head->values_.data() + first * count, errors.data());
    for (std::size_t i = 0; i < n; ++i) {
      const float* const row = head->row(first + i);
      head->half_norms_[first + i] = static_cast<float>(kernels.dot(row, row, count) / 2);
      head->errors_[first + i] = static_cast<float>(errors[i] * (1 + 1e-6));
    }
  });
  if (!status.ok()) return status;
  for (std::size_t i = 0; i < points.rows; ++i) {
    head->max_error_ = std::max(head->max_error_, static_cast<double>(head->errors_[i]));
    head->max_norm_ =
        std::max(head->max_norm_, std::sqrt(2.0 * static_cast<double>(head->half_norms_[i])) * (1 + 1e-6));
  }
  out = std::move(head);
  return {};
}

float Head::threshold(std::size_t i, float bound) const {
  if (std::isinf(bound)) return std::numeric_limits<float>::lowest();
  const double reach =
      nearest::largest_distance(bound, cols_) * (1 + 1e-9) + static_cast<double>(errors_[i]) + max_error_;
  const double squared_norm = 2.0 * static_cast<double>(half_norms_[i]);
  const double norm = std::sqrt(squared_norm);
  // The dot product's additions, both halved norms, and the subtraction of either a norm or this threshold.
  const double n = static_cast<double>(coordinates_);
  const double rounding =
      1.01 * kUnitRoundoff * ((n + 8) * norm * max_norm_ + 4 * max_norm_ * max_norm_ + 4 * reach * reach);
  return nearest::round_down((squared_norm - reach * reach) / 2 - rounding);
}

std::size_t head_bytes(std::size_t rows, std::size_t cols) {
  if (rows < kMinRows || cols < kMinCols) return 0;
  // Coordinates, half norms and errors; while it is built also the centred bank's norms and order.
  return rows *
         ((axes_for(cols) + 1) * sizeof(float) + 2 * sizeof(float) + sizeof(float) + sizeof(std::uint32_t));
}

}  // namespace ad::coreset
