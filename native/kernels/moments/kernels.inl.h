// The vector code of the room: include after simd/<level>.h.
#pragma once

#include <algorithm>

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
  constexpr std::size_t kLanes = 8;
  double sums[kLanes] = {};
  for (std::size_t c = 0; c < n; ++c) {
    const double d = static_cast<double>(row[c]) - mean[c];
    sums[c % kLanes] += d * d;
  }
  double total = 0;
  for (const double sum : sums) total += sum;
  return total;
}

// Sums that the registers of a level hold beside a few rows and a factor: AVX2 has 16, the others 32.
constexpr std::size_t kSums = F32::kWidth == 8 ? 12 : 24;
// Columns and, at most, registers of rows in a tile. Where few rows are left more columns keep as many
// multiply-adds in flight.
constexpr std::size_t kTall = 4, kWide = 8;
constexpr std::size_t kTallRegisters = kSums / kTall, kWideRegisters = kSums / kWide;

/// Columns j .. j + kColumns - 1, rows i .. i + kRegisters * kWidth - 1, of which those count that lie on or
/// below the diagonal and inside the matrix.
template <std::size_t kColumns, std::size_t kRegisters>
inline void add_tile(const float* parts, std::size_t rank, std::size_t cols, std::size_t i, std::size_t j,
                     bool overwrite, float* triangle) {
  const std::size_t stride = parts_stride(cols);
  F32 sums[kColumns][kRegisters];
  for (auto& column : sums) {
    for (F32& sum : column) sum = F32::zero();
  }
  for (std::size_t k = 0; k < rank; ++k) {
    const float* const part = parts + k * stride;
    F32 rows[kRegisters];
    for (std::size_t r = 0; r < kRegisters; ++r) rows[r] = F32::load(part + i + r * F32::kWidth);
    for (std::size_t q = 0; q < kColumns; ++q) {
      const F32 factor = F32::broadcast(part[j + q]);
      for (std::size_t r = 0; r < kRegisters; ++r) sums[q][r] = F32::fused(rows[r], factor, sums[q][r]);
    }
  }
  if (j + kColumns <= i + 1 && i + kRegisters * F32::kWidth <= cols) {
    for (std::size_t q = 0; q < kColumns; ++q) {
      float* const column = triangle + triangle_column(cols, j + q) + i;
      for (std::size_t r = 0; r < kRegisters; ++r) {
        float* const to = column + r * F32::kWidth;
        (overwrite ? sums[q][r] : F32::load(to) + sums[q][r]).store(to);
      }
    }
    return;
  }
  for (std::size_t q = 0; q < kColumns && j + q < cols; ++q) {
    float* const column = triangle + triangle_column(cols, j + q);
    for (std::size_t r = 0; r < kRegisters; ++r) {
      const std::size_t row = i + r * F32::kWidth;
      const std::size_t first = row < j + q ? std::min(F32::kWidth, j + q - row) : 0;
      const std::size_t end = row < cols ? std::min(F32::kWidth, cols - row) : 0;
      if (first >= end) continue;
      float* const to = column + row;
      (overwrite ? sums[q][r] : F32::load_lanes(to, first, end) + sums[q][r]).store_lanes(to, first, end);
    }
  }
}

/// `count` registers of rows from i on, 1 <= count <= kRegisters.
template <std::size_t kColumns, std::size_t kRegisters>
inline void add_rows_of_tile(std::size_t count, const float* parts, std::size_t rank, std::size_t cols,
                             std::size_t i, std::size_t j, bool overwrite, float* triangle) {
  if constexpr (kRegisters > 1) {
    if (count < kRegisters) {
      return add_rows_of_tile<kColumns, kRegisters - 1>(count, parts, rank, cols, i, j, overwrite, triangle);
    }
  }
  add_tile<kColumns, kRegisters>(parts, rank, cols, i, j, overwrite, triangle);
}

void add_products(const float* parts, std::size_t rank, std::size_t cols, std::size_t first, std::size_t last,
                  bool overwrite, float* triangle) {
  for (std::size_t j = first; j < last; j += kScatterColumns) {
    const std::size_t end = std::min(cols, j + kScatterColumns);
    std::size_t left = (cols - j + F32::kWidth - 1) / F32::kWidth;
    // Rows that the columns share are read from the nearest cache but once.
    for (std::size_t i = j; left > 0;) {
      // Tiles of about the same height.
      const std::size_t tiles = (left + kTallRegisters - 1) / kTallRegisters;
      const std::size_t count = (left + tiles - 1) / tiles;
      prefetch_ahead(triangle + triangle_column(cols, j) + j + (end - j) * (i - j),
                     (end - j) * count * F32::kWidth);
      if (count <= kWideRegisters) {
        for (std::size_t c = j; c < end; c += kWide) {
          add_rows_of_tile<kWide, kWideRegisters>(count, parts, rank, cols, i, c, overwrite, triangle);
        }
      } else {
        for (std::size_t c = j; c < end; c += kTall) {
          add_rows_of_tile<kTall, kTallRegisters>(count, parts, rank, cols, i, c, overwrite, triangle);
        }
      }
      i += count * F32::kWidth;
      left -= count;
    }
  }
}

}  // namespace
}  // namespace AD_LEVEL
}  // namespace ad
