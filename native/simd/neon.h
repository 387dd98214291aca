// NEON on AArch64: four floats a register.
// The same small vocabulary on every level (this file's twins: scalar.h avx2.h avx512.h neon.h), so that a
// kernel is written once, in a room's `<name>.inl.h`, and compiled once per level. Everything has internal
// linkage per level: a level's code must never be the copy that the linker picks for another level's file.
#pragma once

#include <arm_neon.h>

#include <cstddef>

#define AD_LEVEL neon

namespace ad {
namespace neon {
namespace {

/// 4 floats.
struct F32 {
  static constexpr std::size_t kWidth = 4;
  float32x4_t v;

  static F32 zero() { return {vdupq_n_f32(0.0f)}; }
  static F32 broadcast(float x) { return {vdupq_n_f32(x)}; }
  static F32 load(const float* p) { return {vld1q_f32(p)}; }
  void store(float* p) const { vst1q_f32(p, v); }

  /// The first n < kWidth floats; the rest reads as 0 and is not touched in memory.
  static F32 load_first(const float* p, std::size_t n) {
    float lanes[kWidth] = {};
    for (std::size_t i = 0; i < n; ++i) lanes[i] = p[i];
    return load(lanes);
  }
  void store_first(float* p, std::size_t n) const {
    float lanes[kWidth];
    store(lanes);
    for (std::size_t i = 0; i < n; ++i) p[i] = lanes[i];
  }

  /// Lanes first .. end - 1, end <= kWidth; the others read as 0 and are not touched in memory.
  static F32 load_lanes(const float* p, std::size_t first, std::size_t end) {
    float lanes[kWidth] = {};
    for (std::size_t i = first; i < end; ++i) lanes[i] = p[i];
    return load(lanes);
  }
  void store_lanes(float* p, std::size_t first, std::size_t end) const {
    float lanes[kWidth];
    store(lanes);
    for (std::size_t i = first; i < end; ++i) p[i] = lanes[i];
  }

  friend F32 operator+(F32 a, F32 b) { return {vaddq_f32(a.v, b.v)}; }
  friend F32 operator-(F32 a, F32 b) { return {vsubq_f32(a.v, b.v)}; }
  friend F32 operator*(F32 a, F32 b) { return {vmulq_f32(a.v, b.v)}; }
  /// a * b + c with one rounding on levels that have it; only where the last bit is not promised.
  static F32 fused(F32 a, F32 b, F32 c) { return {vfmaq_f32(c.v, a.v, b.v)}; }
  static F32 min(F32 a, F32 b) { return {vminq_f32(a.v, b.v)}; }
  static F32 max(F32 a, F32 b) { return {vmaxq_f32(a.v, b.v)}; }
};

/// 2 doubles. Callers pad to whole registers.
struct F64 {
  static constexpr std::size_t kWidth = 2;
  float64x2_t v;

  static F64 zero() { return {vdupq_n_f64(0.0)}; }
  static F64 broadcast(double x) { return {vdupq_n_f64(x)}; }
  static F64 load(const double* p) { return {vld1q_f64(p)}; }
  void store(double* p) const { vst1q_f64(p, v); }

  /// kWidth floats, and back, rounded.
  static F64 load_floats(const float* p) { return {vcvt_f64_f32(vld1_f32(p))}; }
  void store_floats(float* p) const { vst1_f32(p, vcvt_f32_f64(v)); }

  friend F64 operator+(F64 a, F64 b) { return {vaddq_f64(a.v, b.v)}; }
  friend F64 operator-(F64 a, F64 b) { return {vsubq_f64(a.v, b.v)}; }
  friend F64 operator*(F64 a, F64 b) { return {vmulq_f64(a.v, b.v)}; }
  friend F64 operator/(F64 a, F64 b) { return {vdivq_f64(a.v, b.v)}; }
  static F64 square_root(F64 a) { return {vsqrtq_f64(a.v)}; }
  /// a * b + c with one rounding on levels that have it; only where the last bit is not promised.
  static F64 fused(F64 a, F64 b, F64 c) { return {vfmaq_f64(c.v, a.v, b.v)}; }

  /// Rows become columns: lane j of register i goes to lane i of register j.
  static void transpose(F64 (&x)[kWidth]) {
    const float64x2_t first = vzip1q_f64(x[0].v, x[1].v);
    x[1].v = vzip2q_f64(x[0].v, x[1].v);
    x[0].v = first;
  }
};

}  // namespace
}  // namespace neon
}  // namespace ad
