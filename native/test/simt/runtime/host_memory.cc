#include "host_memory.h"

#include <cuda_runtime.h>

#include <cstdlib>
#include <cstring>

#include "errors.h"
#include "settings.h"

namespace simt {

PinnedMemory& PinnedMemory::get() {
  static PinnedMemory& memory = *new PinnedMemory;
  return memory;
}

void PinnedMemory::add(const void* memory, std::size_t bytes, bool registered) {
  ranges_[static_cast<const char*>(memory)] = {bytes, registered};
}

bool PinnedMemory::remove(const void* memory, bool registered) {
  const auto found = ranges_.find(static_cast<const char*>(memory));
  if (found == ranges_.end() || found->second.registered != registered) return false;
  ranges_.erase(found);
  return true;
}

bool PinnedMemory::contains(const void* address) const {
  const auto* at = static_cast<const char*>(address);
  auto after = ranges_.upper_bound(at);
  if (after == ranges_.begin()) return false;
  const auto& [start, range] = *--after;
  return at < start + range.bytes;
}

cudaError_t allocate_pinned(void** out, std::size_t bytes) {
  SIMT_LOCKED;
  *out = std::malloc(bytes);
  if (*out == nullptr) return answer(cudaErrorMemoryAllocation);
  std::memset(*out, settings().poison, bytes);
  PinnedMemory::get().add(*out, bytes, false);
  return cudaSuccess;
}

}  // namespace simt

using namespace simt;

cudaError_t cudaFreeHost(void* memory) {
  SIMT_LOCKED;
  if (memory == nullptr) return cudaSuccess;
  Streams::get().complete_all();
  if (!PinnedMemory::get().remove(memory, false)) return answer(cudaErrorInvalidValue);
  std::free(memory);
  return cudaSuccess;
}

cudaError_t cudaHostRegister(void* memory, std::size_t bytes, unsigned) {
  SIMT_LOCKED;
  if (memory == nullptr || bytes == 0 || PinnedMemory::get().contains(memory))
    return answer(cudaErrorInvalidValue);
  PinnedMemory::get().add(memory, bytes, true);
  return cudaSuccess;
}

cudaError_t cudaHostUnregister(void* memory) {
  SIMT_LOCKED;
  return PinnedMemory::get().remove(memory, true) ? cudaSuccess : answer(cudaErrorInvalidValue);
}
