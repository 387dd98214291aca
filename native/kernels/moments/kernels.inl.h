// The vector code of the room: include after simd/<level>.h.
#pragma once

#include "kernels/moments/kernels.h"
#include "kernels/moments/triangle.h"

namespace ad {
namespace AD_LEVEL {
namespace {

// The loops over one row are plain C++, which the compiler turns into this level's doubles.

template <std::size_t kCount>
inline void add_some(const float* rows, std::size_t stride, std::size_t n, double* sums) {
  for (std::size_t c = 0; c < n; ++c) {
    double sum = sums[c];
    for (std::size_t b = 0; b < kCount; ++b) sum += static_cast<double>(rows[b * stride + c]);
    sums[c] = sum;
  }
}

void add_rows(const float* rows, std::size_t stride, std::size_t count, std::size_t n, double* sums) {
  if (count == kRowsTogether) return add_some<kRowsTogether>(rows, stride, n, sums);
  for (std::size_t b = 0; b < count; ++b) add_some<1>(rows + b * stride, stride, n, sums);
}

void deviations(const float* row, const float* mean, const float* mean_rest, std::size_t n, float* out) {
  for (std::size_t c = 0; c < n; ++c) out[c] = (row[c] - mean[c]) - mean_rest[c];
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

// Registers of rows in a tile: with kScatterColumns columns their sums, a row each and a factor fill 32
// registers of AVX-512, and the 16 of AVX2 just so.
constexpr std::size_t kTileRegisters = F32::kWidth == 16 ? 4 : F32::kWidth == 8 ? 3 : 2;

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
    for (std::size_t r = 0; r < kRegisters; ++r) rows[r] = load(part + i + r * F32::kWidth, r);
    for (std::size_t q = 0; q < kColumns; ++q) {
      const F32 factor = F32::broadcast(part[j + q]);
      for (std::size_t r = 0; r < kRegisters; ++r) sums[q][r] = F32::fused(rows[r], factor, sums[q][r]);
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
      store(to, r, overwrite ? sums[q][r] : load(to, r) + sums[q][r]);
    }
  }
}

/// The last rows of the columns, from i on: as many registers as they need, of which the last holds `rest`
/// rows.
template <std::size_t kColumns, std::size_t kRegisters>
inline void add_last_tile(const float* parts, std::size_t rank, std::size_t cols, std::size_t i,
                          std::size_t j, bool overwrite, float* triangle) {
  if constexpr (kRegisters > 0) {
    const std::size_t before = (kRegisters - 1) * F32::kWidth;
    if (cols - i <= before) {
      return add_last_tile<kColumns, kRegisters - 1>(parts, rank, cols, i, j, overwrite, triangle);
    }
    const std::size_t rest = cols - i - before;
    const auto load = [=](const float* p, std::size_t r) {
      return r + 1 < kRegisters || rest == F32::kWidth ? F32::load(p) : F32::load_first(p, rest);
    };
    const auto store = [=](float* p, std::size_t r, F32 x) {
      r + 1 < kRegisters || rest == F32::kWidth ? x.store(p) : x.store_first(p, rest);
    };
    add_tile<kColumns, kRegisters>(parts, rank, cols, i, j, overwrite, triangle, load, store);
  }
}

template <std::size_t kColumns>
void add_columns(const float* parts, std::size_t rank, std::size_t cols, std::size_t j, bool overwrite,
                 float* triangle) {
  const auto load = [](const float* p, std::size_t) { return F32::load(p); };
  const auto store = [](float* p, std::size_t, F32 x) { x.store(p); };
  std::size_t i = j;
  for (; i + kTileRegisters * F32::kWidth <= cols; i += kTileRegisters * F32::kWidth) {
    add_tile<kColumns, kTileRegisters>(parts, rank, cols, i, j, overwrite, triangle, load, store);
  }
  add_last_tile<kColumns, kTileRegisters>(parts, rank, cols, i, j, overwrite, triangle);
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
