// AVX2: eight words of two int16 cells.
#pragma once

#include <immintrin.h>

#include <cstdint>

#include "kernels/nearest/grid.h"
#include "simd/avx2.h"

namespace ad {
namespace avx2 {
namespace {

struct Words {
  static constexpr std::size_t kWidth = 8;
  static constexpr Grid kGrid = Grid::int16;
  __m256i v;

  static Words zero() { return {_mm256_setzero_si256()}; }
  static Words broadcast(std::int32_t x) { return {_mm256_set1_epi32(x)}; }
  static Words load(const std::int32_t* p) {
    return {_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p))};
  }
  void store(std::int32_t* p) const { _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), v); }
  friend Words operator-(Words a, Words b) { return {_mm256_sub_epi32(a.v, b.v)}; }
  static Words max(Words a, Words b) { return {_mm256_max_epi32(a.v, b.v)}; }

  /// sum + the products of the cells of each word.
  static Words multiply_add(Words query, Words row, Words sum) {
    __m256i added = _mm256_add_epi32(sum.v, _mm256_madd_epi16(query.v, row.v));
    // Pins the addition to its place: gcc 12 otherwise collects a tile's additions behind all of its products
    // and runs out of registers, at half the speed.
    asm("" : "+x"(added));
    return {added};
  }
  /// Bit i: lane i of a is >= lane i of b.
  static std::uint64_t at_least(Words a, Words b) {
    const __m256i below = _mm256_cmpgt_epi32(b.v, a.v);
    return 0xff ^ static_cast<std::uint64_t>(_mm256_movemask_ps(_mm256_castsi256_ps(below)));
  }
};

}  // namespace
}  // namespace avx2
}  // namespace ad
