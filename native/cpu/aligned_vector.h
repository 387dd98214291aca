#pragma once

#include <cstddef>
#include <new>
#include <vector>

namespace ad {

/// Memory that begins where a line of cache does.
template <class T>
struct LineAllocator {
  using value_type = T;
  static constexpr std::align_val_t kLine{64};

  LineAllocator() = default;
  template <class U>
  LineAllocator(const LineAllocator<U>&) {}

  T* allocate(std::size_t n) { return static_cast<T*>(::operator new(n * sizeof(T), kLine)); }
  void deallocate(T* p, std::size_t) { ::operator delete(p, kLine); }

  friend bool operator==(const LineAllocator&, const LineAllocator&) { return true; }
  friend bool operator!=(const LineAllocator&, const LineAllocator&) { return false; }
};

/// So that no register is loaded from two lines.
template <class T>
using AlignedVector = std::vector<T, LineAllocator<T>>;

}  // namespace ad
