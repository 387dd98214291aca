#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>

#include "cuda/call.h"
#include "cuda/check.h"

// On the CPU (native/test/simt) AddressSanitizer watches the gaps between blocks.
#if defined(__SANITIZE_ADDRESS__) && !defined(__CUDACC__)
#include <sanitizer/asan_interface.h>
#define AD_POISON(at, bytes) __asan_poison_memory_region(at, bytes)
#define AD_UNPOISON(at, bytes) __asan_unpoison_memory_region(at, bytes)
#else
#define AD_POISON(at, bytes) static_cast<void>(0)
#define AD_UNPOISON(at, bytes) static_cast<void>(0)
#endif

namespace ad::cuda {

/// A block of device memory that is planned, and is there once its arena is.
template <class T>
struct Block {
  std::size_t offset = 0, count = 0;
};

/// Adds up what a call will need, before any of it is taken.
class ArenaPlan {
 public:
  template <class T>
  Block<T> add(std::size_t count) {
    const Block<T> block{bytes_, count};
    // At least a gap of one line behind each block.
    bytes_ = (bytes_ + count * sizeof(T) + 64 + kAlignment - 1) / kAlignment * kAlignment;
    return block;
  }
  std::size_t bytes() const { return bytes_; }

 private:
  static constexpr std::size_t kAlignment = 256;
  std::size_t bytes_ = 0;
};

/// All device memory of a call or of a resident index: taken at once, so that nothing can run out half-way.
class Arena {
 public:
  Arena(const ArenaPlan& plan, const Call& call) : bytes_(plan.bytes()) {
    std::size_t free = 0, total = 0;
    check(cudaMemGetInfo(&free, &total), "asking for free device memory");
    const std::size_t budget = budget_of(free, call.memory_budget());
    if (bytes_ > budget || cudaMalloc(&base_, std::max<std::size_t>(bytes_, 1)) != cudaSuccess) {
      base_ = nullptr;
      static_cast<void>(cudaGetLastError());
      throw Failure(AD_OUT_OF_DEVICE_MEMORY,
                    "this needs " + megabytes(bytes_) + " on the device; the budget is " + megabytes(budget) +
                        ", with " + megabytes(free) + " of " + megabytes(total) + " free");
    }
    AD_POISON(base_, bytes_);
  }
  ~Arena() {
    AD_UNPOISON(base_, bytes_);
    static_cast<void>(cudaFree(base_));
  }
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  template <class T>
  T* at(Block<T> block) const {
    auto* const start = static_cast<unsigned char*>(base_) + block.offset;
    AD_UNPOISON(start, block.count * sizeof(T));
    return reinterpret_cast<T*>(start);
  }

  /// What a call may take of `free` bytes: its own budget, else nine tenths.
  static std::size_t budget_of(std::size_t free, std::uint64_t asked) {
    return asked == 0 ? free / 10 * 9 : std::min<std::size_t>(free, asked);
  }

 private:
  static std::string megabytes(std::size_t bytes) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f MB", static_cast<double>(bytes) / 1e6);
    return text;
  }

  void* base_ = nullptr;
  std::size_t bytes_;
};

}  // namespace ad::cuda
