#include "kernels/coreset/measure_all.h"

#include <algorithm>

#include "kernels/coreset/kernels.h"

namespace ad::coreset {
namespace {

// Centres that rows meet before they are asked again whether they are still candidates.
constexpr std::size_t kCentreBlock = 64;

}  // namespace

MeasureAll::MeasureAll(MatrixView<const float> points, std::size_t count)
    : points_(points), kernels_(kCoreset.pick()) {
  centres_.reserve(count * points.cols);
}

void MeasureAll::add(std::uint32_t row) {
  centres_.insert(centres_.end(), points_.row(row), points_.row(row) + points_.cols);
  ++count_;
}

void MeasureAll::catch_up(const std::uint32_t* rows, std::size_t size, float threshold, float* bound,
                          std::uint32_t* met) const {
  const std::size_t earliest =
      *std::min_element(rows, rows + size, [&](std::uint32_t a, std::uint32_t b) { return met[a] < met[b]; });
  for (std::size_t from = met[earliest]; from < count_; from += kCentreBlock) {
    const std::size_t end = std::min(from + kCentreBlock, count_);
    bool candidates = false;
    for (std::size_t i = 0; i < size; ++i) {
      const std::uint32_t row = rows[i];
      if (bound[row] < threshold) continue;
      candidates = true;
      const std::size_t first = std::max<std::size_t>(met[row], from);
      if (first >= end) continue;
      bound[row] = kernels_.nearest_of(points_.row(row), centres_.data() + first * points_.cols, end - first,
                                       points_.cols, bound[row]);
      met[row] = static_cast<std::uint32_t>(end);
    }
    if (!candidates) return;
  }
}

void MeasureAll::activate(const std::vector<std::uint32_t>& rows, const std::vector<float>&) {
  active_ = rows;
}

void MeasureAll::meet(std::uint32_t centre, std::vector<float>& bounds) {
  kernels_.meet_all(points_.data, active_.data(), active_.size(), points_.cols, points_.row(centre),
                    bounds.data());
}

}  // namespace ad::coreset
