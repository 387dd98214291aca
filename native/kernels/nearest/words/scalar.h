// Plain C++: four words of two int16 cells.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/nearest/grid.h"
#include "simd/scalar.h"

namespace ad {
namespace scalar {
namespace {

struct Words {
  static constexpr std::size_t kWidth = 4;
  static constexpr Grid kGrid = Grid::int16;
  std::int32_t v[kWidth];

  static Words zero() { return broadcast(0); }
  static Words broadcast(std::int32_t x) { return {{x, x, x, x}}; }
  static Words load(const std::int32_t* p) { return {{p[0], p[1], p[2], p[3]}}; }
  void store(std::int32_t* p) const {
    for (std::size_t i = 0; i < kWidth; ++i) p[i] = v[i];
  }
  friend Words operator-(Words a, Words b) {
    for (std::size_t i = 0; i < kWidth; ++i) a.v[i] -= b.v[i];
    return a;
  }
  static Words max(Words a, Words b) {
    for (std::size_t i = 0; i < kWidth; ++i) a.v[i] = b.v[i] > a.v[i] ? b.v[i] : a.v[i];
    return a;
  }

  /// sum + the products of the cells of each word.
  static Words multiply_add(Words query, Words row, Words sum) {
    for (std::size_t i = 0; i < kWidth; ++i) {
      const auto low = [](std::int32_t word) {
        return static_cast<std::int32_t>(static_cast<std::int16_t>(word));
      };
      sum.v[i] += low(query.v[i]) * low(row.v[i]) + (query.v[i] >> 16) * (row.v[i] >> 16);
    }
    return sum;
  }
  /// Bit i: lane i of a is >= lane i of b.
  static std::uint64_t at_least(Words a, Words b) {
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < kWidth; ++i) bits |= static_cast<std::uint64_t>(a.v[i] >= b.v[i]) << i;
    return bits;
  }
};

}  // namespace
}  // namespace scalar
}  // namespace ad
