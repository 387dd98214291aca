#pragma once

#include <cstddef>

namespace ad {

/// Asks for large pages where memory has not been touched yet: thousands of first touches cost as much as the
/// arithmetic on what is there. A hint; does nothing where the system knows none.
void prefer_huge_pages(void* memory, std::size_t bytes);

}  // namespace ad
