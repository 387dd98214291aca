// Products of signed bytes, 32 at a time (AVX2). For levels without VNNI: include after simd/<level>.h.
#pragma once

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

namespace ad {
namespace AD_LEVEL {
namespace {

/// Sum of query[i] * row[i], both within [-127, 127]: |query| times row with query's sign, since vpmaddubsw
/// wants one side unsigned. Two products are at most 2 * 127 * 127 < 2^15, so it never saturates.
inline std::int32_t dot_signed_bytes(const std::int8_t* query, const std::int8_t* row, std::size_t n) {
  constexpr std::size_t kWidth = 32;
  const __m256i ones = _mm256_set1_epi16(1);
  const auto products = [&](std::size_t i) {
    const __m256i q = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(query + i));
    const __m256i r = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(row + i));
    return _mm256_madd_epi16(_mm256_maddubs_epi16(_mm256_abs_epi8(q), _mm256_sign_epi8(r, q)), ones);
  };
  __m256i even = _mm256_setzero_si256(), odd = even;
  std::size_t i = 0;
  for (; i + 2 * kWidth <= n; i += 2 * kWidth) {
    even = _mm256_add_epi32(even, products(i));
    odd = _mm256_add_epi32(odd, products(i + kWidth));
  }
  if (i + kWidth <= n) {
    even = _mm256_add_epi32(even, products(i));
    i += kWidth;
  }
  const __m256i both = _mm256_add_epi32(even, odd);
  __m128i half = _mm_add_epi32(_mm256_castsi256_si128(both), _mm256_extracti128_si256(both, 1));
  half = _mm_add_epi32(half, _mm_shuffle_epi32(half, 0x4e));
  half = _mm_add_epi32(half, _mm_shuffle_epi32(half, 0xb1));
  std::int32_t sum = _mm_cvtsi128_si32(half);
  for (; i < n; ++i) sum += query[i] * row[i];
  return sum;
}

}  // namespace
}  // namespace AD_LEVEL
}  // namespace ad
