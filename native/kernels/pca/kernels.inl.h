// The vector code of the room: include after simd/<level>.h.
#pragma once

#include "kernels/pca/kernels.h"

namespace ad {
namespace AD_LEVEL {
namespace {

/// Registers that hold eight lanes, and how many lines of `a` the accumulators have room for at once.
constexpr std::size_t kParts = kPcaLanes / F64::kWidth;
constexpr std::size_t kLinesAtOnce = kParts == 1 ? 8 : 4;

void tile(const double* a, const double* b, std::size_t depth, double* out, std::size_t stride) {
  for (std::size_t first = 0; first < kPcaLanes; first += kLinesAtOnce) {
    F64 sums[kLinesAtOnce][kParts];
    for (std::size_t i = 0; i < kLinesAtOnce; ++i) {
      for (std::size_t p = 0; p < kParts; ++p) {
        sums[i][p] = F64::load(out + (first + i) * stride + p * F64::kWidth);
      }
    }
    for (std::size_t k = 0; k < depth; ++k) {
      F64 line[kParts];
      for (std::size_t p = 0; p < kParts; ++p) line[p] = F64::load(b + k * kPcaLanes + p * F64::kWidth);
      for (std::size_t i = 0; i < kLinesAtOnce; ++i) {
        const F64 factor = F64::broadcast(a[k * kPcaLanes + first + i]);
        for (std::size_t p = 0; p < kParts; ++p) sums[i][p] = F64::fused(factor, line[p], sums[i][p]);
      }
    }
    for (std::size_t i = 0; i < kLinesAtOnce; ++i) {
      for (std::size_t p = 0; p < kParts; ++p) {
        sums[i][p].store(out + (first + i) * stride + p * F64::kWidth);
      }
    }
  }
}

/// `dots` for Count lines.
template <std::size_t Count>
inline void dots_of(const float* lines, std::size_t stride, const double* panel, std::size_t depth,
                    double* out) {
  F64 sums[Count][kParts];
  for (std::size_t i = 0; i < Count; ++i) {
    for (std::size_t p = 0; p < kParts; ++p) sums[i][p] = F64::load(out + i * kPcaLanes + p * F64::kWidth);
  }
  for (std::size_t k = 0; k < depth; ++k) {
    for (std::size_t p = 0; p < kParts; ++p) {
      const F64 x = F64::load(panel + k * kPcaLanes + p * F64::kWidth);
      for (std::size_t i = 0; i < Count; ++i) {
        const F64 factor = F64::broadcast(static_cast<double>(lines[i * stride + k]));
        sums[i][p] = F64::fused(factor, x, sums[i][p]);
      }
    }
  }
  for (std::size_t i = 0; i < Count; ++i) {
    for (std::size_t p = 0; p < kParts; ++p) sums[i][p].store(out + i * kPcaLanes + p * F64::kWidth);
  }
}

void dots(const float* lines, std::size_t stride, std::size_t count, const double* panel, std::size_t depth,
          double* out) {
  std::size_t i = 0;
  for (; i + 4 <= count; i += 4) dots_of<4>(lines + i * stride, stride, panel, depth, out + i * kPcaLanes);
  for (; i < count; ++i) dots_of<1>(lines + i * stride, stride, panel, depth, out + i * kPcaLanes);
}

/// `take_off` for Count lines.
template <std::size_t Count>
inline void take_off_of(const float* lines, std::size_t stride, const double* factors, std::size_t depth,
                        double* panel) {
  for (std::size_t p = 0; p < kParts; ++p) {
    F64 minus[Count];
    for (std::size_t i = 0; i < Count; ++i) {
      minus[i] = F64::zero() - F64::load(factors + i * kPcaLanes + p * F64::kWidth);
    }
    for (std::size_t k = 0; k < depth; ++k) {
      double* const at = panel + k * kPcaLanes + p * F64::kWidth;
      F64 x = F64::load(at);
      for (std::size_t i = 0; i < Count; ++i) {
        x = F64::fused(F64::broadcast(static_cast<double>(lines[i * stride + k])), minus[i], x);
      }
      x.store(at);
    }
  }
}

void take_off(const float* lines, std::size_t stride, std::size_t count, const double* factors,
              std::size_t depth, double* panel) {
  std::size_t i = 0;
  for (; i + 4 <= count; i += 4) {
    take_off_of<4>(lines + i * stride, stride, factors + i * kPcaLanes, depth, panel);
  }
  for (; i < count; ++i) take_off_of<1>(lines + i * stride, stride, factors + i * kPcaLanes, depth, panel);
}

/// Sum of eight lanes, in one order whatever the width.
inline double sum_of(const F64* parts) {
  double lanes[kPcaLanes];
  for (std::size_t p = 0; p < kParts; ++p) parts[p].store(lanes + p * F64::kWidth);
  return ((lanes[0] + lanes[4]) + (lanes[1] + lanes[5])) + ((lanes[2] + lanes[6]) + (lanes[3] + lanes[7]));
}

double update_and_dot(double* row, const double* v, const double* w, double v_i, double w_i,
                      const double* next, std::size_t n) {
  const F64 minus_v = F64::broadcast(-v_i), minus_w = F64::broadcast(-w_i);
  F64 sums[kParts];
  for (F64& sum : sums) sum = F64::zero();
  for (std::size_t c = 0; c < n; c += kPcaLanes) {
    for (std::size_t p = 0; p < kParts; ++p) {
      const std::size_t at = c + p * F64::kWidth;
      F64 x = F64::load(row + at);
      x = F64::fused(minus_w, F64::load(v + at), F64::fused(minus_v, F64::load(w + at), x));
      x.store(row + at);
      sums[p] = F64::fused(x, F64::load(next + at), sums[p]);
    }
  }
  return sum_of(sums);
}

void reflect(double* row, const double* v, double factor, std::size_t n) {
  F64 sums[kParts];
  for (F64& sum : sums) sum = F64::zero();
  for (std::size_t c = 0; c < n; c += kPcaLanes) {
    for (std::size_t p = 0; p < kParts; ++p) {
      const std::size_t at = c + p * F64::kWidth;
      sums[p] = F64::fused(F64::load(row + at), F64::load(v + at), sums[p]);
    }
  }
  const F64 step = F64::broadcast(-factor * sum_of(sums));
  for (std::size_t c = 0; c < n; c += F64::kWidth) {
    F64::fused(step, F64::load(v + c), F64::load(row + c)).store(row + c);
  }
}

void rotate(double* block, const Rotation* rotations, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    double* const upper = block + rotations[i].row * kRotatedColumns;
    double* const lower = upper + kRotatedColumns;
    const F64 cosine = F64::broadcast(rotations[i].cosine), sine = F64::broadcast(rotations[i].sine);
    for (std::size_t c = 0; c < kRotatedColumns; c += F64::kWidth) {
      const F64 x = F64::load(upper + c), y = F64::load(lower + c);
      (cosine * x - sine * y).store(upper + c);
      (sine * x + cosine * y).store(lower + c);
    }
  }
}

}  // namespace
}  // namespace AD_LEVEL
}  // namespace ad
