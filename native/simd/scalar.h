// Plain C++: four floats, which any compiler may turn into what its baseline has.
// The same small vocabulary on every level (this file's twins: scalar.h avx2.h avx512.h neon.h), so that a
// kernel is written once, in a room's `<name>.inl.h`, and compiled once per level. Everything has internal
// linkage per level: a level's code must never be the copy that the linker picks for another level's file.
#pragma once

#include <cmath>
#include <cstddef>
#include <utility>

#define AD_LEVEL scalar

namespace ad {
namespace scalar {
namespace {

/// 4 floats.
struct F32 {
  static constexpr std::size_t kWidth = 4;
  float v[kWidth];

  static F32 zero() { return broadcast(0.0f); }
  static F32 broadcast(float x) { return {{x, x, x, x}}; }
  static F32 load(const float* p) { return {{p[0], p[1], p[2], p[3]}}; }
  void store(float* p) const {
    for (std::size_t i = 0; i < kWidth; ++i) p[i] = v[i];
  }

  /// The first n < kWidth floats; the rest reads as 0 and is not touched in memory.
  static F32 load_first(const float* p, std::size_t n) {
    F32 r = zero();
    for (std::size_t i = 0; i < n; ++i) r.v[i] = p[i];
    return r;
  }
  void store_first(float* p, std::size_t n) const {
    for (std::size_t i = 0; i < n; ++i) p[i] = v[i];
  }

  /// Lanes first .. end - 1, end <= kWidth; the others read as 0 and are not touched in memory.
  static F32 load_lanes(const float* p, std::size_t first, std::size_t end) {
    F32 r = zero();
    for (std::size_t i = first; i < end; ++i) r.v[i] = p[i];
    return r;
  }
  void store_lanes(float* p, std::size_t first, std::size_t end) const {
    for (std::size_t i = first; i < end; ++i) p[i] = v[i];
  }

  friend F32 operator+(F32 a, F32 b) {
    return each(a, b, [](float x, float y) { return x + y; });
  }
  friend F32 operator-(F32 a, F32 b) {
    return each(a, b, [](float x, float y) { return x - y; });
  }
  friend F32 operator*(F32 a, F32 b) {
    return each(a, b, [](float x, float y) { return x * y; });
  }
  /// a * b + c with one rounding on levels that have it; only where the last bit is not promised.
  static F32 fused(F32 a, F32 b, F32 c) { return a * b + c; }
  static F32 min(F32 a, F32 b) {
    return each(a, b, [](float x, float y) { return x < y ? x : y; });
  }
  static F32 max(F32 a, F32 b) {
    return each(a, b, [](float x, float y) { return x > y ? x : y; });
  }

 private:
  template <class Op>
  static F32 each(F32 a, F32 b, Op op) {
    return {{op(a.v[0], b.v[0]), op(a.v[1], b.v[1]), op(a.v[2], b.v[2]), op(a.v[3], b.v[3])}};
  }
};

/// 2 doubles. Callers pad to whole registers.
struct F64 {
  static constexpr std::size_t kWidth = 2;
  double v[kWidth];

  static F64 zero() { return broadcast(0.0); }
  static F64 broadcast(double x) { return {{x, x}}; }
  static F64 load(const double* p) { return {{p[0], p[1]}}; }
  void store(double* p) const {
    p[0] = v[0];
    p[1] = v[1];
  }

  /// kWidth floats, and back, rounded.
  static F64 load_floats(const float* p) { return {{static_cast<double>(p[0]), static_cast<double>(p[1])}}; }
  void store_floats(float* p) const {
    p[0] = static_cast<float>(v[0]);
    p[1] = static_cast<float>(v[1]);
  }

  friend F64 operator+(F64 a, F64 b) { return {{a.v[0] + b.v[0], a.v[1] + b.v[1]}}; }
  friend F64 operator-(F64 a, F64 b) { return {{a.v[0] - b.v[0], a.v[1] - b.v[1]}}; }
  friend F64 operator*(F64 a, F64 b) { return {{a.v[0] * b.v[0], a.v[1] * b.v[1]}}; }
  friend F64 operator/(F64 a, F64 b) { return {{a.v[0] / b.v[0], a.v[1] / b.v[1]}}; }
  static F64 square_root(F64 a) { return {{std::sqrt(a.v[0]), std::sqrt(a.v[1])}}; }
  /// a * b + c with one rounding on levels that have it; only where the last bit is not promised.
  static F64 fused(F64 a, F64 b, F64 c) { return a * b + c; }

  /// Rows become columns: lane j of register i goes to lane i of register j.
  static void transpose(F64 (&x)[kWidth]) { std::swap(x[0].v[1], x[1].v[0]); }
};

}  // namespace
}  // namespace scalar
}  // namespace ad
