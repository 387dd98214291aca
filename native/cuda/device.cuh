// What kernels share: lanes, the canonical distance, keys that order as neighbours do.
#pragma once

#include <cuda_runtime.h>

#include <cstddef>
#include <cstdint>

// Shared memory whose size is the launch's. The CPU execution (native/test/simt) brings its own.
#ifndef DYN_SHARED
#define DYN_SHARED(T, name)                                   \
  extern __shared__ __align__(16) unsigned char name##_raw[]; \
  T* name = reinterpret_cast<T*>(name##_raw)
#endif

namespace ad::cuda {

constexpr unsigned kAllLanes = 0xffffffffu;
constexpr int kWarp = 32;

/// Orders as (value, row) does, for values >= 0: their bits order as they do.
using Key = unsigned long long;
constexpr Key kNoKey = ~Key{0};

__device__ inline Key make_key(unsigned value_bits, unsigned row) {
  return (static_cast<Key>(value_bits) << 32) | row;
}
__device__ inline unsigned key_row(Key key) {
  return static_cast<unsigned>(key);
}
__device__ inline float key_value(Key key) {
  return __uint_as_float(static_cast<unsigned>(key >> 32));
}

/// One element's share of a canonical squared distance (kernels/distance), each operation rounded.
__device__ inline float add_square(float sum, float a, float b) {
  const float difference = __fsub_rn(a, b);
  return __fadd_rn(sum, __fmul_rn(difference, difference));
}

/// The 32 partial sums of a canonical distance, one a lane, folded by halves; on every lane.
__device__ inline float fold_lanes(float sum) {
#pragma unroll
  for (int half = kWarp / 2; half > 0; half /= 2) {
    sum = __fadd_rn(sum, __shfl_xor_sync(kAllLanes, sum, half));
  }
  return sum;
}

/// The canonical squared distance of two rows, by a whole warp; on every lane.
__device__ inline float warp_distance(const float* a, const float* b, std::size_t cols, int lane) {
  float sum = 0;
  for (std::size_t c = static_cast<std::size_t>(lane); c < cols; c += kWarp) {
    sum = add_square(sum, __ldg(a + c), __ldg(b + c));
  }
  return fold_lanes(sum);
}

__device__ inline Key warp_least(Key key) {
#pragma unroll
  for (int half = kWarp / 2; half > 0; half /= 2) {
    const Key other = __shfl_xor_sync(kAllLanes, key, half);
    key = other < key ? other : key;
  }
  return key;
}

}  // namespace ad::cuda
