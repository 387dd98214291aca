#pragma once

#include <cstddef>
#include <cstdlib>
#include <new>
#include <vector>

#include "cpu/huge_pages.h"

namespace ad {

/// Memory for a vector that is written before it is read: it is not cleared, and large blocks ask for huge
/// pages. Clearing and faulting in the 38 MB of a batch's patches takes longer than their search.
template <class T>
struct LargeAllocator {
  using value_type = T;

  LargeAllocator() = default;
  template <class U>
  LargeAllocator(const LargeAllocator<U>&) noexcept {}

  T* allocate(std::size_t count) {
    if (count > static_cast<std::size_t>(-1) / 2 / sizeof(T)) throw std::bad_alloc();
    // aligned_alloc wants a multiple of the alignment.
    const std::size_t unit = alignment(count);
    const std::size_t bytes = (count * sizeof(T) + unit - 1) / unit * unit;
    void* const block = std::aligned_alloc(unit, bytes);
    if (block == nullptr) throw std::bad_alloc();
    if (unit == kHugePage) prefer_huge_pages(block, bytes);
    return static_cast<T*>(block);
  }

  void deallocate(T* block, std::size_t) noexcept { std::free(block); }

  /// Leaves the element as it is, where a plain vector would write a zero.
  template <class U>
  void construct(U* at) noexcept {
    ::new (static_cast<void*>(at)) U;
  }

  bool operator==(const LargeAllocator&) const noexcept { return true; }
  bool operator!=(const LargeAllocator&) const noexcept { return false; }

 private:
  static constexpr std::size_t kHugePage = std::size_t{2} << 20;
  static constexpr std::size_t kCacheLine = 64;

  static std::size_t alignment(std::size_t count) {
    return count * sizeof(T) >= 2 * kHugePage ? kHugePage : kCacheLine;
  }
};

/// A vector of numbers whose `resize` leaves new elements without a value.
template <class T>
using LargeVector = std::vector<T, LargeAllocator<T>>;

}  // namespace ad
