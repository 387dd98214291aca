#pragma once

#include <cstddef>

namespace ad {

/// Asks the kernel to back memory that nobody has touched yet by huge pages: a first touch then faults once
/// per 2 MiB instead of once per 4 KiB. On a virtual machine a fault costs several microseconds, and filling
/// a gigabyte takes 262,144 of them. Only advice: without it, or where the system has none, all works as
/// before.
void prefer_huge_pages(void* begin, std::size_t bytes) noexcept;

}  // namespace ad
