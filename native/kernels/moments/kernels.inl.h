// The vector code of the room: include after simd/<level>.h.
#pragma once

#include <algorithm>

#include "kernels/moments/kernels.h"
#include "kernels/moments/triangle.h"

namespace ad {
namespace AD_LEVEL {
namespace {

// Where the last columns do not fill a register, a whole one that ends with them is computed as well: columns
// that it shares with the one before come out the same twice.

template <std::size_t kCount>
inline F64 sum_of(const float* rows, std::size_t stride, const double* sums) {
  F64 sum = F64::load(sums);
  for (std::size_t b = 0; b < kCount; ++b) sum = sum + F64::load_floats(rows + b * stride);
  return sum;
}

template <std::size_t kCount>
inline void add_some(const float* rows, std::size_t stride, std::size_t n, double* sums) {
  if (n < F64::kWidth) {
    for (std::size_t c = 0; c < n; ++c) {
      for (std::size_t b = 0; b < kCount; ++b) sums[c] += static_cast<double>(rows[b * stride + c]);
    }
    return;
  }
  const std::size_t end = n - F64::kWidth;
  const F64 last = sum_of<kCount>(rows + end, stride, sums + end);
  for (std::size_t c = 0; c < end; c += F64::kWidth)
    sum_of<kCount>(rows + c, stride, sums + c).store(sums + c);
  last.store(sums + end);
}

void add_rows(const float* rows, std::size_t stride, std::size_t count, std::size_t n, double* sums) {
  if (count == kRowsTogether) return add_some<kRowsTogether>(rows, stride, n, sums);
  for (std::size_t b = 0; b < count; ++b) add_some<1>(rows + b * stride, stride, n, sums);
}

inline void deviations_at(const float* row, const float* mean, const float* mean_rest, float* out) {
  ((F32::load(row) - F32::load(mean)) - F32::load(mean_rest)).store(out);
}

void deviations(const float* row, const float* mean, const float* mean_rest, std::size_t n, float* out) {
  if (n < F32::kWidth) {
    for (std::size_t c = 0; c < n; ++c) out[c] = (row[c] - mean[c]) - mean_rest[c];
    return;
  }
  const std::size_t end = n - F32::kWidth;
  for (std::size_t c = 0; c < end; c += F32::kWidth) deviations_at(row + c, mean + c, mean_rest + c, out + c);
  deviations_at(row + end, mean + end, mean_rest + end, out + end);
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

template <std::size_t kColumns, std::size_t kRegisters>
using Sums = F32[kColumns][kRegisters];

/// sums[q][r] = sum over k of part_k[j + q] times kWidth elements of part_k from i + r * kWidth on.
template <std::size_t kColumns, std::size_t kRegisters>
inline void sum_products(const float* parts, std::size_t rank, std::size_t stride, std::size_t i,
                         std::size_t j, Sums<kColumns, kRegisters>& sums) {
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
}

/// Columns j .. j + kColumns - 1, rows i .. i + kRegisters * kWidth - 1, of which those count that lie on or
/// below the diagonal and inside the matrix, and of columns those before `last`.
template <std::size_t kColumns, std::size_t kRegisters>
inline void add_tile(const float* parts, std::size_t rank, std::size_t cols, std::size_t i, std::size_t j,
                     std::size_t last, bool overwrite, float* triangle) {
  Sums<kColumns, kRegisters> sums;
  sum_products<kColumns, kRegisters>(parts, rank, parts_stride(cols), i, j, sums);
  // Only the first block of rows meets the diagonal, and only the last register the end of the columns.
  const bool diagonal = i < j + kColumns - 1;
  const std::size_t bottom = std::min(F32::kWidth, cols - i - (kRegisters - 1) * F32::kWidth);
  float* column = triangle + triangle_column(cols, j) + i;
  for (std::size_t q = 0; q < kColumns && j + q < last; ++q) {
    for (std::size_t r = 0; r < kRegisters; ++r) {
      float* const to = column + r * F32::kWidth;
      const std::size_t row = i + r * F32::kWidth, end = r + 1 < kRegisters ? F32::kWidth : bottom;
      const bool above = diagonal && r * F32::kWidth < kScatterColumns && row < j + q;
      if (above || (r + 1 == kRegisters && end < F32::kWidth)) {
        const std::size_t first = above ? std::min(j + q - row, end) : 0;
        const F32 before = overwrite ? F32::zero() : F32::load_lanes(to, first, end);
        (before + sums[q][r]).store_lanes(to, first, end);
      } else {
        (overwrite ? sums[q][r] : F32::load(to) + sums[q][r]).store(to);
      }
    }
    // Where the same row of the next column stands.
    column += cols - (j + q) - 1;
  }
}

/// `count` registers of rows from i on, 1 <= count <= kRegisters.
template <std::size_t kColumns, std::size_t kRegisters>
inline void add_rows_of_tile(std::size_t count, const float* parts, std::size_t rank, std::size_t cols,
                             std::size_t i, std::size_t j, std::size_t last, bool overwrite,
                             float* triangle) {
  if constexpr (kRegisters > 1) {
    if (count < kRegisters) {
      return add_rows_of_tile<kColumns, kRegisters - 1>(count, parts, rank, cols, i, j, last, overwrite,
                                                        triangle);
    }
  }
  add_tile<kColumns, kRegisters>(parts, rank, cols, i, j, last, overwrite, triangle);
}

/// How many of the last rows are better summed lying down, see `add_last_rows`: those that would fill a
/// register so poorly that it pays.
constexpr std::size_t last_rows(std::size_t cols) {
  const std::size_t rest = cols % F32::kWidth;
  return (rest + kTall - 1) / kTall * kTall < F32::kWidth ? rest : 0;
}

/// The last `count` rows of kScatterColumns columns from j on, of those before `last`: a register holds
/// several columns of one row.
inline void add_last_rows(const float* parts, std::size_t rank, std::size_t cols, std::size_t count,
                          std::size_t j, std::size_t last, bool overwrite, float* triangle) {
  constexpr std::size_t kRegisters = std::max<std::size_t>(kScatterColumns / F32::kWidth, 1);
  const std::size_t begin = cols - count;
  for (std::size_t i = begin; i < cols; i += kTall) {
    Sums<kTall, kRegisters> sums;
    sum_products<kTall, kRegisters>(parts, rank, parts_stride(cols), j, i, sums);
    float lanes[kTall][kScatterColumns];
    for (std::size_t q = 0; q < kTall; ++q) {
      for (std::size_t r = 0; r < kRegisters; ++r) sums[q][r].store(lanes[q] + r * F32::kWidth);
    }
    const std::size_t rows = std::min(kTall, cols - i);
    for (std::size_t c = j; c < last; ++c) {
      float* const to = triangle + triangle_column(cols, c) + i;
      for (std::size_t q = 0; q < rows; ++q) to[q] = (overwrite ? 0.0f : to[q]) + lanes[q][c - j];
    }
  }
}

void add_products(const float* parts, std::size_t rank, std::size_t cols, std::size_t first, std::size_t last,
                  bool overwrite, float* triangle) {
  const std::size_t lying = last_rows(cols), body = cols - lying;
  for (std::size_t j = first; j < last; j += kScatterColumns) {
    const std::size_t stop = std::min(last, j + kScatterColumns), end = std::min(stop, body);
    std::size_t left = j < body ? (body - j + F32::kWidth - 1) / F32::kWidth : 0;
    // Rows that the columns share are read from the nearest cache but once.
    for (std::size_t i = j; left > 0;) {
      // Tiles of about the same height.
      const std::size_t tiles = (left + kTallRegisters - 1) / kTallRegisters;
      const std::size_t count = (left + tiles - 1) / tiles;
      prefetch_ahead(triangle + triangle_column(cols, j) + j + (end - j) * (i - j),
                     (end - j) * count * F32::kWidth);
      if (count <= kWideRegisters) {
        for (std::size_t c = j; c < end; c += kWide) {
          add_rows_of_tile<kWide, kWideRegisters>(count, parts, rank, cols, i, c, end, overwrite, triangle);
        }
      } else {
        for (std::size_t c = j; c < end; c += kTall) {
          add_rows_of_tile<kTall, kTallRegisters>(count, parts, rank, cols, i, c, end, overwrite, triangle);
        }
      }
      i += count * F32::kWidth;
      left -= count;
    }
    if (lying == 0) continue;
    if (j < end) add_last_rows(parts, rank, cols, lying, j, end, overwrite, triangle);
    for (std::size_t c = std::max(j, body); c < stop; c += kTall) {
      add_tile<kTall, 1>(parts, rank, cols, body, c, stop, overwrite, triangle);
    }
  }
}

void add_squares(const float* parts, std::size_t rank, std::size_t cols, std::size_t first, bool overwrite,
                 float* diagonal) {
  const std::size_t stride = parts_stride(cols);
  // A register at a time, from where one begins: what lies before `first` is left out when it is written.
  for (std::size_t c = first / F32::kWidth * F32::kWidth; c < cols; c += F32::kWidth) {
    F32 sum = F32::zero();
    for (std::size_t k = 0; k < rank; ++k) {
      const F32 part = F32::load(parts + k * stride + c);
      sum = F32::fused(part, part, sum);
    }
    float lanes[F32::kWidth];
    sum.store(lanes);
    for (std::size_t i = std::max(c, first); i < std::min(cols, c + F32::kWidth); ++i) {
      diagonal[i - first] = (overwrite ? 0.0f : diagonal[i - first]) + lanes[i - c];
    }
  }
}

}  // namespace
}  // namespace AD_LEVEL
}  // namespace ad
