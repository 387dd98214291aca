// One matrix at a time, a register holding neighbouring rows: include after cholesky.inl.h.
#pragma once

#include <cmath>

#include "kernels/mahalanobis/cholesky.inl.h"

namespace ad {
namespace AD_LEVEL {
namespace {

struct OneMatrix {
  using Element = double;
  static constexpr std::size_t kLanes = 1;
  static constexpr std::size_t kRegisters = 2;
  static constexpr std::size_t kPanel = kRegisters * F64::kWidth;
  // Columns that are finished together; divides kPanel. Eight of two wide registers each are what 32
  // registers hold, and halve what has to be read of the panels.
  static constexpr std::size_t kTogether = F64::kWidth == 8 ? 8 : 4;

  static F64 spread(const double* p) { return F64::broadcast(*p); }
  static double load(const double* p) { return *p; }
  static void store(double x, double* p) { *p = x; }
  static double reciprocal_root(double x) { return 1 / std::sqrt(x); }
};

/// Calls each(r) for the rows of panel p that column j of the packed triangle has. A whole panel's loop has a
/// fixed length for the compiler's sake.
template <class Each>
inline void each_row(std::size_t cols, std::size_t p, std::size_t j, const Each& each) {
  constexpr std::size_t kPanel = OneMatrix::kPanel;
  const std::size_t first = p * kPanel;
  if (first >= j && first + kPanel <= cols) {
    for (std::size_t r = 0; r < kPanel; ++r) each(r);
  } else {
    for (std::size_t r = first < j ? j - first : 0; r < std::min(kPanel, cols - first); ++r) each(r);
  }
}

/// The covariance. The last panel's rows beyond the matrix are those of a diagonal one, so that the last
/// columns are finished like the others.
inline void unpack(const float* triangle, std::size_t cols, double divisor, double ridge, double* scratch) {
  constexpr std::size_t kPanel = OneMatrix::kPanel;
  const double scale = 1 / divisor;
  for (std::size_t p = 0; p * kPanel < cols; ++p) {
    const std::size_t last = (p + 1) * kPanel;
    double* const panel = scratch + panel_begin<OneMatrix>(p);
    if (cols < last) std::fill(panel, panel + kPanel * last, 0.0);
    for (std::size_t j = 0; j < std::min(cols, last); ++j) {
      const float* const from = triangle + triangle_column(cols, j) + p * kPanel;
      double* const to = panel + j * kPanel;
      each_row(cols, p, j, [&](std::size_t r) { to[r] = static_cast<double>(from[r]) * scale; });
      if (j >= p * kPanel) to[j % kPanel] += ridge;
    }
    for (std::size_t j = cols; j < last; ++j) panel[j * kPanel + j % kPanel] = 1 + ridge;
  }
}

inline void pack(const double* scratch, std::size_t cols, float* triangle) {
  constexpr std::size_t kPanel = OneMatrix::kPanel;
  for (std::size_t p = 0; p * kPanel < cols; ++p) {
    for (std::size_t j = 0; j < std::min(cols, (p + 1) * kPanel); ++j) {
      const double* const from = scratch + panel_begin<OneMatrix>(p) + j * kPanel;
      float* const to = triangle + triangle_column(cols, j) + p * kPanel;
      each_row(cols, p, j, [&](std::size_t r) { to[r] = static_cast<float>(from[r]); });
    }
  }
}

/// Answers cols, or the first column whose pivot is too small, and then leaves the triangle as it was.
inline std::size_t factor_one(float* triangle, std::size_t cols, double divisor, double ridge,
                              double* scratch) {
  unpack(triangle, cols, divisor, ridge, scratch);
  std::size_t stopped = cols;
  factor_panels<OneMatrix>(scratch, cols, [&](std::size_t column, double value, const double* variance) {
    if (value > pivot_floor(*variance, ridge)) return true;
    stopped = column;
    return false;
  });
  if (stopped == cols) pack(scratch, cols, triangle);
  return stopped;
}

}  // namespace
}  // namespace AD_LEVEL
}  // namespace ad
