// Arithmetic that CUDA names and C++ does not. Rounded forms are what they say; the fast ones (__expf) are
// exact here, so a comparison needs the tolerance that the device's documentation states.
#pragma once

#include "words.h"

template <class T>
T __ldg(const T* at) {
  return *at;
}
template <class T>
T __ldcg(const T* at) {
  return *at;
}
template <class T>
T __ldcs(const T* at) {
  return *at;
}
template <class T>
void __stcs(T* at, simt::same<T> value) {
  *at = value;
}
template <class T>
void __stcg(T* at, simt::same<T> value) {
  *at = value;
}

inline unsigned __float_as_uint(float value) {
  return simt::from_bits<unsigned>(simt::to_bits(value));
}
inline int __float_as_int(float value) {
  return simt::from_bits<int>(simt::to_bits(value));
}
inline float __uint_as_float(unsigned bits) {
  return simt::from_bits<float>(bits);
}
inline float __int_as_float(int bits) {
  return simt::from_bits<float>(simt::to_bits(bits));
}
inline long long __double_as_longlong(double value) {
  return simt::from_bits<long long>(simt::to_bits(value));
}
inline double __longlong_as_double(long long bits) {
  return simt::from_bits<double>(simt::to_bits(bits));
}

inline int __popc(unsigned value) {
  return __builtin_popcount(value);
}
inline int __popcll(unsigned long long value) {
  return __builtin_popcountll(value);
}
inline int __ffs(int value) {
  return __builtin_ffs(value);
}
inline int __ffsll(long long value) {
  return __builtin_ffsll(value);
}
inline int __clz(int value) {
  return value ? __builtin_clz(static_cast<unsigned>(value)) : 32;
}
inline int __clzll(long long value) {
  return value ? __builtin_clzll(static_cast<unsigned long long>(value)) : 64;
}
inline unsigned __brev(unsigned value) {
  unsigned reversed = 0;
  for (int i = 0; i < 32; ++i) reversed |= ((value >> i) & 1u) << (31 - i);
  return reversed;
}
inline unsigned __umulhi(unsigned a, unsigned b) {
  return static_cast<unsigned>((static_cast<std::uint64_t>(a) * b) >> 32);
}

// Four products of bytes, added to `sum` in 32 bits that wrap.
inline int __dp4a(int a, int b, int sum) {
  unsigned total = static_cast<unsigned>(sum);
  for (int i = 0; i < 4; ++i) {
    const int left = static_cast<std::int8_t>(static_cast<unsigned>(a) >> (8 * i));
    const int right = static_cast<std::int8_t>(static_cast<unsigned>(b) >> (8 * i));
    total += static_cast<unsigned>(left * right);
  }
  return static_cast<int>(total);
}
inline unsigned __dp4a(unsigned a, unsigned b, unsigned sum) {
  for (int i = 0; i < 4; ++i) sum += ((a >> (8 * i)) & 0xffu) * ((b >> (8 * i)) & 0xffu);
  return sum;
}

inline float __fmaf_rn(float a, float b, float c) {
  return std::fma(a, b, c);
}
inline float __fadd_rn(float a, float b) {
  return a + b;
}
inline float __fsub_rn(float a, float b) {
  return a - b;
}
inline float __fmul_rn(float a, float b) {
  return a * b;
}
inline float __fdiv_rn(float a, float b) {
  return a / b;
}
inline float __fsqrt_rn(float a) {
  return std::sqrt(a);
}
inline double __fma_rn(double a, double b, double c) {
  return std::fma(a, b, c);
}
inline double __dadd_rn(double a, double b) {
  return a + b;
}
inline double __dsub_rn(double a, double b) {
  return a - b;
}
inline double __dmul_rn(double a, double b) {
  return a * b;
}
inline double __ddiv_rn(double a, double b) {
  return a / b;
}
inline double __dsqrt_rn(double a) {
  return std::sqrt(a);
}
inline float __double2float_rn(double a) {
  return static_cast<float>(a);
}
inline float __int2float_rn(int a) {
  return static_cast<float>(a);
}
inline int __float2int_rn(float a) {
  return static_cast<int>(std::nearbyint(a));
}
inline int __float2int_rd(float a) {
  return static_cast<int>(std::floor(a));
}
inline int __float2int_ru(float a) {
  return static_cast<int>(std::ceil(a));
}
inline int __float2int_rz(float a) {
  return static_cast<int>(a);
}

inline float __fdividef(float a, float b) {
  return a / b;
}
inline float __expf(float a) {
  return std::exp(a);
}
inline float __logf(float a) {
  return std::log(a);
}
inline float rsqrtf(float a) {
  return 1.0f / std::sqrt(a);
}
inline double rsqrt(double a) {
  return 1.0 / std::sqrt(a);
}
inline float __frsqrt_rn(float a) {
  return 1.0f / std::sqrt(a);
}
inline float __saturatef(float a) {
  return a > 0 ? (a < 1 ? a : 1.0f) : 0.0f;
}

using std::max;
using std::min;
