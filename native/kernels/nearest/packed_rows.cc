#include "kernels/nearest/packed_rows.h"

#include <algorithm>

#include "cpu/parallel.h"
#include "kernels/nearest/rounding.h"

namespace ad::nearest {

PackedRows::PackedRows(const NearestKernels& kernels, const Strided& b)
    : kernels_(&kernels), rows_(b.rows), cols_(b.cols), zeros_(kernels.dense.rows) {
  const std::size_t height = kernels.dense.rows;
  panels_.assign((b.rows + height - 1) / height * height * b.cols, 0.0f);
  for (std::size_t j = 0; j < b.rows; ++j) {
    float* panel = panels_.data() + j / height * height * b.cols + j % height;
    for (std::size_t c = 0; c < b.cols; ++c) panel[c * height] = b.data[j * b.row_step + c * b.col_step];
  }
}

void PackedRows::multiply(const float* tile, float* out) const {
  const std::size_t width = kernels_->dense.queries, height = kernels_->dense.rows;
  const std::vector<float> thresholds(width, std::numeric_limits<float>::max());
  std::vector<float> part(width * height);
  std::vector<std::uint64_t> lanes(width);
  std::fill_n(out, width * rows_, 0.0f);
  for (std::size_t first = 0; first < rows_; first += height) {
    const float* panel = panels_.data() + first * cols_;
    const std::size_t rows = std::min(height, rows_ - first);
    for (std::size_t c = 0; c < cols_; c += kBlockCols) {
      kernels_->dense_tile(panel + c * height, tile + c * width, std::min(kBlockCols, cols_ - c),
                           zeros_.data(), thresholds.data(), part.data(), lanes.data());
      for (std::size_t i = 0; i < width; ++i) {
        for (std::size_t j = 0; j < rows; ++j) out[i * rows_ + first + j] += part[i * height + j];
      }
    }
  }
}

double PackedRows::error(std::size_t cols) {
  const std::size_t additions = std::min(cols, kBlockCols) + cols / kBlockCols;
  return 1.01 * kUnitRoundoff * static_cast<double>(additions + 4);
}

Status multiply(const NearestKernels& kernels, const Strided& a, const PackedRows& b, float* out,
                const Run& run) {
  const std::size_t width = kernels.dense.queries, tiles = (a.rows + width - 1) / width;
  return parallel_for(run, tiles, [&](std::size_t t, int) {
    const std::size_t first = t * width, rows = std::min(width, a.rows - first);
    std::vector<float> tile(width * a.cols), products(width * b.rows());
    for (std::size_t c = 0; c < a.cols; ++c) {
      for (std::size_t i = 0; i < rows; ++i)
        tile[c * width + i] = a.data[(first + i) * a.row_step + c * a.col_step];
    }
    b.multiply(tile.data(), products.data());
    std::copy_n(products.data(), rows * b.rows(), out + first * b.rows());
  });
}

}  // namespace ad::nearest
