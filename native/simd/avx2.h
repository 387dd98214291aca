// AVX2 + FMA: eight floats a register.
// The same small vocabulary on every level (this file's twins: scalar.h avx2.h avx512.h neon.h), so that a
// kernel is written once, in a room's `<name>.inl.h`, and compiled once per level. Everything has internal
// linkage per level: a level's code must never be the copy that the linker picks for another level's file.
#pragma once

#include <immintrin.h>

#include <cstddef>

#define AD_LEVEL avx2

namespace ad {
namespace avx2 {
namespace {

/// 8 floats.
struct F32 {
  static constexpr std::size_t kWidth = 8;
  __m256 v;

  static F32 zero() { return {_mm256_setzero_ps()}; }
  static F32 broadcast(float x) { return {_mm256_set1_ps(x)}; }
  static F32 load(const float* p) { return {_mm256_loadu_ps(p)}; }
  void store(float* p) const { _mm256_storeu_ps(p, v); }

  /// The first n < kWidth floats; the rest reads as 0 and is not touched in memory.
  static F32 load_first(const float* p, std::size_t n) { return {_mm256_maskload_ps(p, mask(n))}; }
  void store_first(float* p, std::size_t n) const { _mm256_maskstore_ps(p, mask(n), v); }

  /// Lanes first .. end - 1, end <= kWidth; the others read as 0 and are not touched in memory.
  static F32 load_lanes(const float* p, std::size_t first, std::size_t end) {
    return {_mm256_maskload_ps(p, _mm256_andnot_si256(mask(first), mask(end)))};
  }
  void store_lanes(float* p, std::size_t first, std::size_t end) const {
    _mm256_maskstore_ps(p, _mm256_andnot_si256(mask(first), mask(end)), v);
  }

  friend F32 operator+(F32 a, F32 b) { return {_mm256_add_ps(a.v, b.v)}; }
  friend F32 operator-(F32 a, F32 b) { return {_mm256_sub_ps(a.v, b.v)}; }
  friend F32 operator*(F32 a, F32 b) { return {_mm256_mul_ps(a.v, b.v)}; }
  /// a * b + c with one rounding on levels that have it; only where the last bit is not promised.
  static F32 fused(F32 a, F32 b, F32 c) { return {_mm256_fmadd_ps(a.v, b.v, c.v)}; }
  static F32 min(F32 a, F32 b) { return {_mm256_min_ps(a.v, b.v)}; }
  static F32 max(F32 a, F32 b) { return {_mm256_max_ps(a.v, b.v)}; }

 private:
  static __m256i mask(std::size_t n) {
    const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(n)), lane);
  }
};

/// 4 doubles. Callers pad to whole registers.
struct F64 {
  static constexpr std::size_t kWidth = 4;
  __m256d v;

  static F64 zero() { return {_mm256_setzero_pd()}; }
  static F64 broadcast(double x) { return {_mm256_set1_pd(x)}; }
  static F64 load(const double* p) { return {_mm256_loadu_pd(p)}; }
  void store(double* p) const { _mm256_storeu_pd(p, v); }

  /// kWidth floats, and back, rounded.
  static F64 load_floats(const float* p) { return {_mm256_cvtps_pd(_mm_loadu_ps(p))}; }
  void store_floats(float* p) const { _mm_storeu_ps(p, _mm256_cvtpd_ps(v)); }

  friend F64 operator+(F64 a, F64 b) { return {_mm256_add_pd(a.v, b.v)}; }
  friend F64 operator-(F64 a, F64 b) { return {_mm256_sub_pd(a.v, b.v)}; }
  friend F64 operator*(F64 a, F64 b) { return {_mm256_mul_pd(a.v, b.v)}; }
  friend F64 operator/(F64 a, F64 b) { return {_mm256_div_pd(a.v, b.v)}; }
  static F64 square_root(F64 a) { return {_mm256_sqrt_pd(a.v)}; }
  /// a * b + c with one rounding on levels that have it; only where the last bit is not promised.
  static F64 fused(F64 a, F64 b, F64 c) { return {_mm256_fmadd_pd(a.v, b.v, c.v)}; }

  /// Rows become columns: lane j of register i goes to lane i of register j.
  static void transpose(F64 (&x)[kWidth]) {
    const __m256d even01 = _mm256_unpacklo_pd(x[0].v, x[1].v), odd01 = _mm256_unpackhi_pd(x[0].v, x[1].v);
    const __m256d even23 = _mm256_unpacklo_pd(x[2].v, x[3].v), odd23 = _mm256_unpackhi_pd(x[2].v, x[3].v);
    x[0].v = _mm256_permute2f128_pd(even01, even23, 0x20);
    x[1].v = _mm256_permute2f128_pd(odd01, odd23, 0x20);
    x[2].v = _mm256_permute2f128_pd(even01, even23, 0x31);
    x[3].v = _mm256_permute2f128_pd(odd01, odd23, 0x31);
  }
};

}  // namespace
}  // namespace avx2
}  // namespace ad
