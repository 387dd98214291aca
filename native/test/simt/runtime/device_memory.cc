#include "device_memory.h"

#include <sys/mman.h>

#include <cstring>

#include "fault.h"
#include "sanitizers.h"
#include "settings.h"

namespace simt {
namespace {

constexpr std::size_t kPage = 4096;
constexpr std::size_t kAlignment = 256;
constexpr std::size_t kAddresses = std::size_t{1} << 34;
constexpr unsigned char kGapByte = 0xc5;

std::size_t round_up(std::size_t n, std::size_t to) {
  return (n + to - 1) / to * to;
}

}  // namespace

DeviceMemory& DeviceMemory::get() {
  // Never destroyed, like all that the end of the process still asks (device.cc).
  static DeviceMemory& memory = *new DeviceMemory;
  return memory;
}

DeviceMemory::DeviceMemory() {
  void* addresses = mmap(nullptr, kAddresses, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (addresses == MAP_FAILED) fault("no address space for the device's memory");
  start_ = next_ = static_cast<char*>(addresses);
  watch_closed_memory();
}

void* DeviceMemory::allocate(std::size_t bytes, unsigned char poison) {
  const std::size_t charged = round_up(bytes, kAlignment);
  if (used_ + charged > device_bytes()) return nullptr;
  Allocation allocation{next_ + kPage, round_up(charged, kPage), bytes, charged, false};
  if (static_cast<std::size_t>(allocation.pages + allocation.page_bytes + kPage - start_) > kAddresses) {
    fault("the test allocates more in total than there are addresses");
  }
  next_ = allocation.pages + allocation.page_bytes;
  // At the end of its pages: reading on meets a closed one.
  char* data = allocation.pages + allocation.page_bytes - charged;
  mprotect(allocation.pages, allocation.page_bytes, PROT_READ | PROT_WRITE);
  std::memset(allocation.pages, kGapByte, allocation.page_bytes);
  std::memset(data, poison, bytes);
  mprotect(allocation.pages, allocation.page_bytes, PROT_NONE);
  poison_region(allocation.pages, static_cast<std::size_t>(data - allocation.pages));
  poison_region(data + bytes, charged - bytes);
  allocations_.emplace(data, allocation);
  used_ += charged;
  return data;
}

bool DeviceMemory::free(void* memory) {
  const auto found = allocations_.find(static_cast<char*>(memory));
  if (found == allocations_.end() || found->second.freed) return false;
  Allocation& allocation = found->second;
  unpoison_region(allocation.pages, allocation.page_bytes);
  madvise(allocation.pages, allocation.page_bytes, MADV_DONTNEED);
  allocation.freed = true;
  used_ -= allocation.charged;
  return true;
}

bool DeviceMemory::owns(const void* address) const {
  return address >= start_ && address < start_ + kAddresses;
}

const std::pair<char* const, DeviceMemory::Allocation>* DeviceMemory::find(const void* address) const {
  const auto* at = static_cast<const char*>(address);
  for (const auto& entry : allocations_) {
    const Allocation& allocation = entry.second;
    // With the closed page on either side.
    if (at >= allocation.pages - kPage && at < allocation.pages + allocation.page_bytes + kPage)
      return &entry;
  }
  return nullptr;
}

std::string DeviceMemory::problem(const void* address, std::size_t bytes) const {
  const auto* entry = find(address);
  if (entry == nullptr) return "not in any allocation";
  const auto& [data, allocation] = *entry;
  const auto* at = static_cast<const char*>(address);
  if (allocation.freed) return "in memory that was freed";
  if (at >= data && at + bytes <= data + allocation.bytes) return "";
  return "bytes " + std::to_string(at - data) + " to " +
         std::to_string(at - data + static_cast<std::ptrdiff_t>(bytes)) + " of an allocation of " +
         std::to_string(allocation.bytes);
}

std::string DeviceMemory::describe(const void* address) const {
  if (!owns(address)) return "";
  const auto* entry = find(address);
  if (entry == nullptr) return "device memory that was never allocated";
  const auto& [data, allocation] = *entry;
  const std::ptrdiff_t at = static_cast<const char*>(address) - data;
  const std::string offset =
      "byte " + std::to_string(at) + " of an allocation of " + std::to_string(allocation.bytes);
  return allocation.freed ? "device memory that was freed: " + offset : "device memory: " + offset;
}

void DeviceMemory::open() {
  for (const auto& [data, allocation] : allocations_) {
    if (!allocation.freed) mprotect(allocation.pages, allocation.page_bytes, PROT_READ | PROT_WRITE);
  }
}

void DeviceMemory::close() {
  for (const auto& [data, allocation] : allocations_) {
    if (!allocation.freed) mprotect(allocation.pages, allocation.page_bytes, PROT_NONE);
  }
}

void DeviceMemory::check_gaps() {
  for (const auto& [data, allocation] : allocations_) {
    if (!allocation.freed) check_gaps(data, allocation);
  }
}

void DeviceMemory::check_gaps(const char* data, const Allocation& allocation) const {
  const auto check = [&](const char* from, std::size_t bytes) {
    unpoison_region(from, bytes);
    for (const char* at = from; at < from + bytes; ++at) {
      if (static_cast<unsigned char>(*at) == kGapByte) continue;
      fault("wrote byte " + std::to_string(at - data) + " of an allocation of " +
            std::to_string(allocation.bytes) + " bytes of device memory");
    }
    poison_region(from, bytes);
  };
  check(allocation.pages, static_cast<std::size_t>(data - allocation.pages));
  check(data + allocation.bytes, allocation.charged - allocation.bytes);
}

std::string DeviceMemory::leaks() const {
  std::size_t count = 0, bytes = 0;
  for (const auto& [data, allocation] : allocations_) {
    if (allocation.freed) continue;
    ++count;
    bytes += allocation.bytes;
  }
  if (count == 0) return "";
  return std::to_string(count) + " allocations of device memory, " + std::to_string(bytes) + " bytes";
}

}  // namespace simt
