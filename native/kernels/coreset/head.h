#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "ad/matrix_view.h"
#include "ad/run.h"
#include "ad/status.h"
#include "cpu/large_vector.h"

namespace ad::coreset {

/// A few telling coordinates of every point, by which most centres are ruled out without being measured: the
/// products with principal axes, and the norm of what the axes leave (kernels/nearest proves that they never
/// grow a distance).
class Head {
 public:
  /// Null where there is too little to gain, or the numbers are beyond what the rounding analysis holds for.
  /// not_finite names the first bad row.
  static Status build(MatrixView<const float> points, std::unique_ptr<const Head>& out, const Run& run);

  std::size_t coordinates() const { return coordinates_; }
  const float* row(std::size_t i) const { return values_.data() + i * coordinates_; }
  /// Half the squared norm of row i.
  float half_norm(std::size_t i) const { return half_norms_[i]; }

  /// The score of centre c for point i is dot(row(i), row(c)) - half_norm(c) in fp32. A centre whose
  /// canonical squared distance to point i is below `bound` has a score of at least this; so has one whose
  /// dot product alone, less this threshold, is at least half_norm(c).
  float threshold(std::size_t i, float bound) const;

 private:
  std::size_t coordinates_ = 0;
  double cols_ = 0;
  LargeVector<float> values_;
  std::vector<float> half_norms_;
  /// How far row i is from its exact coordinates.
  std::vector<float> errors_;
  double max_error_ = 0;
  double max_norm_ = 0;
};

/// Bytes that a head of so many rows holds, at most.
std::size_t head_bytes(std::size_t rows, std::size_t cols);

}  // namespace ad::coreset
