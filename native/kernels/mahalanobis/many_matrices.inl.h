// Small matrices side by side, a register holding the same element of each: include after one_matrix.inl.h. A
// small matrix alone waits for its own roots and divisions; of eight these cost what those of one do.
#pragma once

#include "kernels/mahalanobis/one_matrix.inl.h"

namespace ad {
namespace AD_LEVEL {
namespace {

struct ManyMatrices {
  using Element = F64;
  static constexpr std::size_t kLanes = F64::kWidth;
  static constexpr std::size_t kRegisters = 4;
  static constexpr std::size_t kPanel = kRegisters;
  // As many sums as fit into the registers: AVX2 has 16, the others 32.
  static constexpr std::size_t kTogether = F64::kWidth == 4 ? 2 : 4;

  static F64 spread(const double* p) { return F64::load(p); }
  static F64 load(const double* p) { return F64::load(p); }
  static void store(F64 x, double* p) { x.store(p); }
  static F64 reciprocal_root(F64 x) { return F64::broadcast(1) / F64::square_root(x); }
};

// What the nearer caches of most processors hold.
constexpr std::size_t kManyDoubles = (std::size_t{512} << 10) / sizeof(double);

std::size_t matrices_at_once(std::size_t cols) {
  return panel_doubles<ManyMatrices>(cols) <= kManyDoubles ? ManyMatrices::kLanes : 1;
}

/// Calls each(first, count, places) for the elements of a packed triangle in order, kLanes (the last time
/// `count`) at a time; places[i] is where element first + i lies among the panels.
template <class Each>
inline void each_run(std::size_t cols, const Each& each) {
  constexpr std::size_t kPanel = ManyMatrices::kPanel, kLanes = ManyMatrices::kLanes;
  const std::size_t size = triangle_size(cols);
  std::size_t places[kLanes], row = 0, column = 0;
  for (std::size_t first = 0; first < size; first += kLanes) {
    const std::size_t count = std::min(kLanes, size - first);
    for (std::size_t i = 0; i < count; ++i) {
      places[i] = (panel_begin<ManyMatrices>(row / kPanel) + column * kPanel + row % kPanel) * kLanes;
      if (++row == cols) row = ++column;
    }
    each(first, count, places);
  }
}

/// The covariances, each a lane. Lanes without a matrix repeat the last one; rows beyond the matrix are those
/// of a diagonal one.
inline void unpack_many(const float* triangles, std::size_t count, std::size_t cols, double divisor,
                        double ridge, double* scratch) {
  constexpr std::size_t kPanel = ManyMatrices::kPanel, kLanes = ManyMatrices::kLanes;
  const std::size_t size = triangle_size(cols), panels = (cols + kPanel - 1) / kPanel;
  const F64 scale = F64::broadcast(1 / divisor);
  if (cols < panels * kPanel) {
    std::fill(scratch + panel_begin<ManyMatrices>(panels - 1) * kLanes,
              scratch + panel_begin<ManyMatrices>(panels) * kLanes, 0.0);
  }
  each_run(cols, [&](std::size_t first, std::size_t elements, const std::size_t* places) {
    F64 run[kLanes];
    for (std::size_t b = 0; b < kLanes; ++b) {
      const float* from = triangles + std::min(b, count - 1) * size + first;
      float last[kLanes] = {};
      if (elements < kLanes) from = std::copy(from, from + elements, last) - elements;
      run[b] = F64::load_floats(from);
    }
    F64::transpose(run);
    for (std::size_t i = 0; i < elements; ++i) (run[i] * scale).store(scratch + places[i]);
  });
  for (std::size_t j = 0; j < panels * kPanel; ++j) {
    double* const at = scratch + (panel_begin<ManyMatrices>(j / kPanel) + j * kPanel + j % kPanel) * kLanes;
    (F64::load(at) + F64::broadcast(j < cols ? ridge : 1 + ridge)).store(at);
  }
}

/// Back to those triangles of which `stopped` says that they have a factor.
inline void pack_many(const double* scratch, std::size_t count, std::size_t cols, const std::size_t* stopped,
                      float* triangles) {
  constexpr std::size_t kLanes = ManyMatrices::kLanes;
  const std::size_t size = triangle_size(cols);
  each_run(cols, [&](std::size_t first, std::size_t elements, const std::size_t* places) {
    F64 run[kLanes];
    for (std::size_t i = 0; i < kLanes; ++i) {
      run[i] = i < elements ? F64::load(scratch + places[i]) : F64::zero();
    }
    F64::transpose(run);
    for (std::size_t b = 0; b < count; ++b) {
      if (stopped[b] < cols) continue;
      float* const to = triangles + b * size + first;
      if (elements == kLanes) {
        run[b].store_floats(to);
      } else {
        float last[kLanes];
        run[b].store_floats(last);
        std::copy(last, last + elements, to);
      }
    }
  });
}

inline void factor_many(float* triangles, std::size_t count, std::size_t cols, double divisor, double ridge,
                        double* scratch, std::size_t* stopped) {
  unpack_many(triangles, count, cols, divisor, ridge, scratch);
  std::fill(stopped, stopped + count, cols);
  factor_panels<ManyMatrices>(scratch, cols, [&](std::size_t column, F64 value, const double* variances) {
    double pivots[ManyMatrices::kLanes];
    value.store(pivots);
    // A lane that has failed goes on with whatever comes of it, and is not looked at again.
    for (std::size_t b = 0; b < count; ++b) {
      if (!(pivots[b] > pivot_floor(variances[b], ridge))) stopped[b] = std::min(stopped[b], column);
    }
    return true;
  });
  pack_many(scratch, count, cols, stopped, triangles);
}

std::size_t cholesky_scratch(std::size_t cols) {
  return matrices_at_once(cols) > 1 ? panel_doubles<ManyMatrices>(cols) : panel_doubles<OneMatrix>(cols);
}

void cholesky(float* triangles, std::size_t count, std::size_t cols, double divisor, double ridge,
              double* scratch, std::size_t* stopped) {
  if (matrices_at_once(cols) > 1) {
    factor_many(triangles, count, cols, divisor, ridge, scratch, stopped);
  } else {
    *stopped = factor_one(triangles, cols, divisor, ridge, scratch);
  }
}

}  // namespace
}  // namespace AD_LEVEL
}  // namespace ad
