#include "kernels/nearest/dense.h"

#include <algorithm>
#include <cmath>

#include "kernels/nearest/rounding.h"

namespace ad::nearest {

DenseBound::DenseBound(double query_norm, double max_norm, std::size_t cols)
    : query_norm_(query_norm), max_norm_(max_norm), cols_(static_cast<double>(cols)) {}

bool DenseBound::holds(double query_norm, double max_norm) {
  const double scale = query_norm + max_norm;
  return scale > 0x1p-50 && scale < 0x1p60;
}

float DenseBound::threshold(float limit) const {
  if (std::isinf(limit)) return std::numeric_limits<float>::lowest();
  // Centring rounds each element once.
  const double reach = largest_distance(limit, cols_) + 1.01 * kUnitRoundoff * (query_norm_ + max_norm_);
  // Each of the dot product's additions rounds once, then the halved norm and the difference.
  const double dot_error = 1.01 * (cols_ + 4) * kUnitRoundoff * query_norm_ * max_norm_;
  const double norm_error = 1.01 * kUnitRoundoff * max_norm_ * max_norm_;
  const double lowest = (query_norm_ * query_norm_ - reach * reach) / 2 - dot_error - norm_error;
  return round_down(lowest);
}

DenseScanner::DenseScanner(const NearestKernels& kernels, const CentredBank& bank,
                           const std::vector<const float*>& queries)
    : kernels_(kernels),
      bank_(bank),
      panel_(bank.rows.cols * kernels.dense.rows),
      half_norms_(kernels.dense.rows),
      centred_(panel_.size()) {
  const std::size_t cols = bank.rows.cols, width = kernels.dense.queries;
  queries_.assign((queries.size() + width - 1) / width * width * cols, 0.0f);
  for (std::size_t q = 0; q < queries.size(); ++q) {
    float* tile = queries_.data() + q / width * width * cols + q % width;
    for (std::size_t c = 0; c < cols; ++c) tile[c * width] = queries[q][c];
  }
}

std::size_t DenseScanner::rows_in(std::size_t panel) const {
  return std::min(kernels_.dense.rows, bank_.rows.rows - panel * kernels_.dense.rows);
}

void DenseScanner::load(std::size_t panel) {
  const std::size_t cols = bank_.rows.cols, height = kernels_.dense.rows, rows = rows_in(panel);
  for (std::size_t lane = 0; lane < rows; ++lane) {
    kernels_.subtract(bank_.rows.row(row(panel, lane)), bank_.mean.data(), cols,
                      centred_.data() + lane * cols);
    half_norms_[lane] = bank_.half_norms[row(panel, lane)];
  }
  for (std::size_t c = 0; c < cols; ++c) {
    for (std::size_t lane = 0; lane < rows; ++lane) panel_[c * height + lane] = centred_[lane * cols + c];
  }
}

unsigned DenseScanner::score(std::size_t tile, const float* thresholds, float* scores,
                             std::uint64_t* lanes) const {
  const std::size_t cols = bank_.rows.cols;
  return kernels_.dense_tile(panel_.data(), queries_.data() + tile * kernels_.dense.queries * cols, cols,
                             half_norms_.data(), thresholds, scores, lanes);
}

}  // namespace ad::nearest
