#pragma once

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>

#include "ad/matrix_view.h"
#include "ad/status.h"

namespace ad::nearest {

/// Remembers the first row that holds NaN or an infinity, whichever thread meets it.
class NotFinite {
 public:
  /// Whether the row is finite. Costs a look at its norm unless that is not finite, which overflow alone can
  /// cause.
  bool check(const MatrixView<const float>& matrix, std::size_t row, double norm) {
    if (std::isfinite(norm) || column(matrix, row) == matrix.cols) return true;
    std::size_t first = row_.load();
    while (row < first && !row_.compare_exchange_weak(first, row)) {
    }
    return false;
  }

  bool any() const { return row_.load() != SIZE_MAX; }

  Status status(const char* name, const MatrixView<const float>& matrix) const {
    const std::size_t row = row_.load(), at = column(matrix, row);
    return Status::not_finite(std::string(name) + " row " + std::to_string(row) + " holds " +
                              (std::isnan(matrix.row(row)[at]) ? "NaN" : "an infinity") + " in column " +
                              std::to_string(at) + "; expected finite numbers.");
  }

 private:
  static std::size_t column(const MatrixView<const float>& matrix, std::size_t row) {
    const float* x = matrix.row(row);
    return static_cast<std::size_t>(
        std::find_if(x, x + matrix.cols, [](float v) { return !std::isfinite(v); }) - x);
  }

  std::atomic<std::size_t> row_{SIZE_MAX};
};

}  // namespace ad::nearest
