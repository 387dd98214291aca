#include "shared_memory.h"

#include <link.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "fault.h"
#include "sanitizers.h"

extern "C" void* __tls_get_addr(void* index);

namespace simt {
namespace {

constexpr std::size_t kGuard = 128;
constexpr unsigned char kGuardByte = 0xc5;

struct Module {
  std::uintptr_t code;
  std::size_t id = 0, bytes = 0;
};

int find_module(dl_phdr_info* info, std::size_t, void* argument) {
  Module& module = *static_cast<Module*>(argument);
  bool holds_code = false;
  std::size_t bytes = 0;
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const auto& header = info->dlpi_phdr[i];
    if (header.p_type == PT_LOAD && module.code - (info->dlpi_addr + header.p_vaddr) < header.p_memsz)
      holds_code = true;
    if (header.p_type == PT_TLS) bytes = header.p_memsz;
  }
  if (!holds_code) return 0;
  module.id = info->dlpi_tls_modid;
  module.bytes = bytes;
  return 1;
}

}  // namespace

SharedMemory::SharedMemory(std::size_t bytes, unsigned char poison) : bytes_(bytes) {
  whole_ = kGuard + (bytes + kGuard - 1) / kGuard * kGuard + kGuard;
  memory_ = static_cast<unsigned char*>(std::aligned_alloc(kGuard, whole_));
  if (memory_ == nullptr) fault("no memory for the shared memory of a block");
  data_ = memory_ + kGuard;
  std::memset(memory_, kGuardByte, whole_);
  std::memset(data_, poison, bytes);
  poison_region(memory_, kGuard);
  poison_region(data_ + bytes, whole_ - kGuard - bytes);
}

SharedMemory::~SharedMemory() {
  unpoison_region(memory_, whole_);
  std::free(memory_);
}

void SharedMemory::check() const {
  unpoison_region(memory_, whole_);
  for (std::size_t i = 0; i < whole_; ++i) {
    const bool guard = i < kGuard || i >= kGuard + bytes_;
    if (guard && memory_[i] != kGuardByte) {
      fault("a thread wrote " +
            (i < kGuard ? std::to_string(kGuard - i) + " bytes before"
                        : std::to_string(i - kGuard - bytes_ + 1) + " bytes behind") +
            " the " + std::to_string(bytes_) + " bytes of dynamic shared memory");
    }
  }
}

void poison_static_shared(const void* kernel, unsigned char poison) {
  Module module{reinterpret_cast<std::uintptr_t>(kernel)};
  dl_iterate_phdr(find_module, &module);
  if (module.id == 0 || module.bytes == 0) return;
  std::size_t index[2] = {module.id, 0};
  std::memset(__tls_get_addr(index), poison, module.bytes);
}

}  // namespace simt
