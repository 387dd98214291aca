// The vector code of the room: include after simd/<level>.h.
#pragma once

#include "kernels/moments/kernels.h"
#include "kernels/moments/triangle.h"

namespace ad {
namespace AD_LEVEL {
namespace {

// The three loops over one row are plain C++, which the compiler turns into this level's doubles.

void add_row(const float* row, std::size_t n, double* sums) {
  for (std::size_t c = 0; c < n; ++c) sums[c] += static_cast<double>(row[c]);
}

void deviations(const float* row, const double* mean, std::size_t n, float* out) {
  for (std::size_t c = 0; c < n; ++c) out[c] = static_cast<float>(static_cast<double>(row[c]) - mean[c]);
}

double squared_deviation(const float* row, const double* mean, std::size_t n) {
  // Sums that a compiler may hold in registers; fixed, so that every level adds in one order.
  constexpr std::size_t kSums = 8;
  double sums[kSums] = {};
  for (std::size_t c = 0; c < n; ++c) {
    const double d = static_cast<double>(row[c]) - mean[c];
    sums[c % kSums] += d * d;
  }
  double total = 0;
  for (const double sum : sums) total += sum;
  return total;
}

/// Ones after kScatterColumns - 1 zeros: loaded q places before the ones it clears the first q lanes.
struct LaneMask {
  float lanes[kScatterColumns - 1 + F32::kWidth];
  constexpr LaneMask() : lanes() {
    for (std::size_t i = 0; i < F32::kWidth; ++i) lanes[kScatterColumns - 1 + i] = 1.0f;
  }
  F32 without_first(std::size_t q) const { return F32::load(lanes + kScatterColumns - 1 - q); }
};
constexpr LaneMask kLaneMask;

template <std::size_t kColumns, std::size_t kRegisters>
using Tile = F32[kColumns][kRegisters];

/// tile = sum over k of part_k[i ..] part_k[j ..]'.
template <std::size_t kColumns, std::size_t kRegisters, class Load>
inline void multiply(const float* parts, std::size_t rank, std::size_t cols, std::size_t i, std::size_t j,
                     Load load, Tile<kColumns, kRegisters>& tile) {
  // Not `tile` itself: whoever looks at that afterwards must not keep the sums out of the registers.
  Tile<kColumns, kRegisters> sums;
  for (auto& column : sums) {
    for (F32& sum : column) sum = F32::zero();
  }
  for (std::size_t k = 0; k < rank; ++k) {
    const float* const part = parts + k * cols;
    F32 rows[kRegisters];
    for (std::size_t r = 0; r < kRegisters; ++r) rows[r] = load(part + i + r * F32::kWidth);
    for (std::size_t q = 0; q < kColumns; ++q) {
      const F32 factor = F32::broadcast(part[j + q]);
      for (std::size_t r = 0; r < kRegisters; ++r) sums[q][r] = sums[q][r] + rows[r] * factor;
    }
  }
  for (std::size_t q = 0; q < kColumns; ++q) {
    for (std::size_t r = 0; r < kRegisters; ++r) tile[q][r] = sums[q][r];
  }
}

/// Rows i .. i + kRegisters * kWidth - 1 of columns j .. j + kColumns - 1, i >= j. `load` and `store` may
/// stop at the last row.
template <std::size_t kColumns, std::size_t kRegisters, class Load, class Store>
inline void add_tile(const float* parts, std::size_t rank, std::size_t cols, std::size_t i, std::size_t j,
                     bool overwrite, float* triangle, Load load, Store store) {
  prefetch_ahead(triangle + triangle_column(cols, j) + j + kColumns * (i - j),
                 kColumns * kRegisters * F32::kWidth);
  Tile<kColumns, kRegisters> sums;
  multiply<kColumns, kRegisters>(parts, rank, cols, i, j, load, sums);
  // Above its diagonal a column has no place: the first q lanes of column j + q lie on the last rows of the
  // columns of this group before it. They get 0 added; or, overwritten, are written again right away, because
  // the columns go from last to first.
  for (std::size_t q = kColumns; q-- > 0;) {
    float* const column = triangle + triangle_column(cols, j + q) + i;
    if (i == j) sums[q][0] = sums[q][0] * kLaneMask.without_first(q);
    for (std::size_t r = 0; r < kRegisters; ++r) {
      float* const to = column + r * F32::kWidth;
      store(to, overwrite ? sums[q][r] : load(to) + sums[q][r]);
    }
  }
}

template <std::size_t kColumns>
void add_columns(const float* parts, std::size_t rank, std::size_t cols, std::size_t j, bool overwrite,
                 float* triangle) {
  constexpr std::size_t kRegisters = 2;
  const auto load = [](const float* p) { return F32::load(p); };
  const auto store = [](float* p, F32 x) { x.store(p); };
  std::size_t i = j;
  for (; i + kRegisters * F32::kWidth <= cols; i += kRegisters * F32::kWidth) {
    add_tile<kColumns, kRegisters>(parts, rank, cols, i, j, overwrite, triangle, load, store);
  }
  if (i + F32::kWidth <= cols) {
    add_tile<kColumns, 1>(parts, rank, cols, i, j, overwrite, triangle, load, store);
    i += F32::kWidth;
  }
  if (const std::size_t rest = cols - i; rest > 0) {
    add_tile<kColumns, 1>(
        parts, rank, cols, i, j, overwrite, triangle,
        [=](const float* p) { return F32::load_first(p, rest); },
        [=](float* p, F32 x) { x.store_first(p, rest); });
  }
}

void add_products(const float* parts, std::size_t rank, std::size_t cols, std::size_t first, std::size_t last,
                  bool overwrite, float* triangle) {
  std::size_t j = first;
  for (; j + kScatterColumns <= last; j += kScatterColumns) {
    add_columns<kScatterColumns>(parts, rank, cols, j, overwrite, triangle);
  }
  for (; j < last; ++j) add_columns<1>(parts, rank, cols, j, overwrite, triangle);
}

}  // namespace
}  // namespace AD_LEVEL
}  // namespace ad
