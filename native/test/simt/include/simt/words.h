// The words that CUDA adds to C++.
#pragma once

#include <cstdint>
#include <cstring>

#define __global__
#define __device__
#define __host__
#define __constant__
#define __grid_constant__
#define __forceinline__ inline
#define __align__(bytes) __attribute__((aligned(bytes)))
#define __launch_bounds__(...)

// A worker thread runs one block at a time, so what belongs to the thread belongs to the block.
#define __shared__ thread_local

// Dynamic shared memory: a heap block of exactly the launched size, so that one byte too far is seen.
#define DYN_SHARED(type, name) type* name = static_cast<type*>(::simt::dynamic_shared())

// Last parameters of what must be met by all threads at one place of the source.
#define SIMT_HERE const char *file = __builtin_FILE(), int line = __builtin_LINE()

namespace simt {
void* dynamic_shared();
/// A place where, by the seed, other threads of the block may go first.
void may_yield();

template <class T>
struct Same {
  using type = T;
};
/// Keeps a parameter out of template deduction.
template <class T>
using same = typename Same<T>::type;

template <class T>
std::uint64_t to_bits(T value) {
  static_assert(sizeof(T) <= 8, "a warp exchanges words of at most 64 bits");
  std::uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof value);
  return bits;
}
template <class T>
T from_bits(std::uint64_t bits) {
  T value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}
}  // namespace simt
