#include "cpu/huge_pages.h"

#ifdef __linux__
#include <sys/mman.h>

#include <cstdint>
#endif

namespace ad {

void prefer_huge_pages(void* memory, std::size_t bytes) {
#ifdef __linux__
  // Whole large pages only: what else lies in the first and the last one is not ours to advise on.
  constexpr std::uintptr_t kPage = std::uintptr_t{2} << 20;
  const auto at = reinterpret_cast<std::uintptr_t>(memory);
  const std::uintptr_t first = (at + kPage - 1) / kPage * kPage, end = (at + bytes) / kPage * kPage;
  if (first < end) madvise(reinterpret_cast<void*>(first), end - first, MADV_HUGEPAGE);
#else
  (void)memory;
  (void)bytes;
#endif
}

}  // namespace ad
