// AVX-512 VNNI: sixteen words of four int8 cells.
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
  static constexpr Grid kGrid = Grid::int8_by_uint8;
  __m512i v;

  static Words zero() { return {_mm512_setzero_si512()}; }
  static Words broadcast(std::int32_t x) { return {_mm512_set1_epi32(x)}; }
  static Words load(const std::int32_t* p) { return {_mm512_loadu_si512(p)}; }
  void store(std::int32_t* p) const { _mm512_storeu_si512(p, v); }
  friend Words operator-(Words a, Words b) { return {_mm512_sub_epi32(a.v, b.v)}; }
  static Words max(Words a, Words b) { return {_mm512_max_epi32(a.v, b.v)}; }

  /// sum + the products of the cells of each word; the query's cells are unsigned.
  static Words multiply_add(Words query, Words row, Words sum) {
    return {_mm512_dpbusd_epi32(sum.v, query.v, row.v)};
  }
  /// Bit i: lane i of a is >= lane i of b.
  static std::uint64_t at_least(Words a, Words b) {
    std::uint32_t lanes = _mm512_cmpge_epi32_mask(a.v, b.v);
    // Through a general register, as in avx512.h.
    asm("" : "+r"(lanes));
    return lanes;
  }
};

}  // namespace
}  // namespace avx512
}  // namespace ad
