// AVX-512 (F, BW): sixteen words of two int16 cells.
#pragma once

#include <immintrin.h>

#include <cstdint>

#include "kernels/nearest/grid.h"
#include "simd/avx512.h"

namespace ad {
namespace avx512 {
namespace {

struct Words {
  static constexpr std::size_t kWidth = 16;
  static constexpr Grid kGrid = Grid::int16;
  __m512i v;

  static Words zero() { return {_mm512_setzero_si512()}; }
  static Words broadcast(std::int32_t x) { return {_mm512_set1_epi32(x)}; }
  static Words load(const std::int32_t* p) { return {_mm512_loadu_si512(p)}; }
  void store(std::int32_t* p) const { _mm512_storeu_si512(p, v); }
  friend Words operator-(Words a, Words b) { return {_mm512_sub_epi32(a.v, b.v)}; }
  static Words max(Words a, Words b) { return {_mm512_max_epi32(a.v, b.v)}; }

  /// sum + the products of the cells of each word.
  static Words multiply_add(Words query, Words row, Words sum) {
    __m512i added = _mm512_add_epi32(sum.v, _mm512_madd_epi16(query.v, row.v));
    // Pins the addition to its place, as in avx2.h.
    asm("" : "+v"(added));
    return {added};
  }
  /// Bit i: lane i of a is >= lane i of b.
  static std::uint64_t at_least(Words a, Words b) {
    std::uint32_t lanes = _mm512_cmpge_epi32_mask(a.v, b.v);
    // GCC 12 may spill the 16 bits of a mask and read 64 back: a general register holds what is meant.
    asm("" : "+r"(lanes));
    return lanes;
  }
};

}  // namespace
}  // namespace avx512
}  // namespace ad
