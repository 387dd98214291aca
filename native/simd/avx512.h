// AVX-512 (F, BW, DQ, VL): sixteen floats a register.
// The same small vocabulary on every level (this file's twins: scalar.h avx2.h avx512.h neon.h), so that a
// kernel is written once, in a room's `<name>.inl.h`, and compiled once per level. Everything has internal
// linkage per level: a level's code must never be the copy that the linker picks for another level's file.
#pragma once

#include <immintrin.h>

#include <cstddef>

#define AD_LEVEL avx512

namespace ad {
namespace avx512 {
namespace {

/// 16 floats.
struct F32 {
  static constexpr std::size_t kWidth = 16;
  __m512 v;

  static F32 zero() { return {_mm512_setzero_ps()}; }
  static F32 broadcast(float x) { return {_mm512_set1_ps(x)}; }
  static F32 load(const float* p) { return {_mm512_loadu_ps(p)}; }
  void store(float* p) const { _mm512_storeu_ps(p, v); }

  /// The first n < kWidth floats; the rest reads as 0 and is not touched in memory.
  static F32 load_first(const float* p, std::size_t n) { return {_mm512_maskz_loadu_ps(mask(n), p)}; }
  void store_first(float* p, std::size_t n) const { _mm512_mask_storeu_ps(p, mask(n), v); }

  /// Lanes first .. end - 1, end <= kWidth; the others read as 0 and are not touched in memory.
  static F32 load_lanes(const float* p, std::size_t first, std::size_t end) {
    return {_mm512_maskz_loadu_ps(mask(end) & ~mask(first), p)};
  }
  void store_lanes(float* p, std::size_t first, std::size_t end) const {
    _mm512_mask_storeu_ps(p, mask(end) & ~mask(first), v);
  }

  friend F32 operator+(F32 a, F32 b) { return {_mm512_add_ps(a.v, b.v)}; }
  friend F32 operator-(F32 a, F32 b) { return {_mm512_sub_ps(a.v, b.v)}; }
  friend F32 operator*(F32 a, F32 b) { return {_mm512_mul_ps(a.v, b.v)}; }
  /// a * b + c with one rounding on levels that have it; only where the last bit is not promised.
  static F32 fused(F32 a, F32 b, F32 c) { return {_mm512_fmadd_ps(a.v, b.v, c.v)}; }
  static F32 min(F32 a, F32 b) { return {_mm512_min_ps(a.v, b.v)}; }
  static F32 max(F32 a, F32 b) { return {_mm512_max_ps(a.v, b.v)}; }

 private:
  static __mmask16 mask(std::size_t n) { return static_cast<__mmask16>((1u << n) - 1u); }
};

/// 8 doubles. Callers pad to whole registers.
struct F64 {
  static constexpr std::size_t kWidth = 8;
  __m512d v;

  static F64 zero() { return {_mm512_setzero_pd()}; }
  static F64 broadcast(double x) { return {_mm512_set1_pd(x)}; }
  static F64 load(const double* p) { return {_mm512_loadu_pd(p)}; }
  void store(double* p) const { _mm512_storeu_pd(p, v); }

  /// kWidth floats, and back, rounded.
  static F64 load_floats(const float* p) { return {_mm512_maskz_cvtps_pd(0xff, _mm256_loadu_ps(p))}; }
  void store_floats(float* p) const { _mm256_storeu_ps(p, _mm512_maskz_cvtpd_ps(0xff, v)); }

  friend F64 operator+(F64 a, F64 b) { return {_mm512_add_pd(a.v, b.v)}; }
  friend F64 operator-(F64 a, F64 b) { return {_mm512_sub_pd(a.v, b.v)}; }
  friend F64 operator*(F64 a, F64 b) { return {_mm512_mul_pd(a.v, b.v)}; }
  friend F64 operator/(F64 a, F64 b) { return {_mm512_div_pd(a.v, b.v)}; }
  static F64 square_root(F64 a) { return {_mm512_maskz_sqrt_pd(0xff, a.v)}; }
  /// a * b + c with one rounding on levels that have it; only where the last bit is not promised.
  static F64 fused(F64 a, F64 b, F64 c) { return {_mm512_fmadd_pd(a.v, b.v, c.v)}; }

  /// Rows become columns: lane j of register i goes to lane i of register j.
  static void transpose(F64 (&x)[kWidth]) {
    __m512d pairs[kWidth], fours[kWidth];
    for (std::size_t i = 0; i < kWidth; i += 2) {
      pairs[i] = _mm512_maskz_unpacklo_pd(0xff, x[i].v, x[i + 1].v);
      pairs[i + 1] = _mm512_maskz_unpackhi_pd(0xff, x[i].v, x[i + 1].v);
    }
    // 0x88 takes the even pairs of lanes of each operand, 0xdd the odd ones.
    for (std::size_t half = 0; half < kWidth; half += 4) {
      for (std::size_t i = half; i < half + 2; ++i) {
        fours[i] = _mm512_maskz_shuffle_f64x2(0xff, pairs[i], pairs[i + 2], 0x88);
        fours[i + 2] = _mm512_maskz_shuffle_f64x2(0xff, pairs[i], pairs[i + 2], 0xdd);
      }
    }
    for (std::size_t i = 0; i < 4; ++i) {
      x[i].v = _mm512_maskz_shuffle_f64x2(0xff, fours[i], fours[i + 4], 0x88);
      x[i + 4].v = _mm512_maskz_shuffle_f64x2(0xff, fours[i], fours[i + 4], 0xdd);
    }
  }
};

}  // namespace
}  // namespace avx512
}  // namespace ad
