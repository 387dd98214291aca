#include <cuda_runtime.h>

#include <map>

#include "device_memory.h"
#include "errors.h"
#include "fault.h"
#include "host_memory.h"
#include "workers.h"

namespace simt {
namespace {

constexpr std::size_t kShared = 48 * 1024;

// Dynamic shared memory above 48 KB has to be asked for, kernel by kernel.
std::map<const void*, std::size_t>& allowed_shared() {
  static auto& allowed = *new std::map<const void*, std::size_t>;
  return allowed;
}

std::size_t most_shared() {
  int bytes = 0;
  cudaDeviceGetAttribute(&bytes, cudaDevAttrMaxSharedMemoryPerBlockOptin, 0);
  return static_cast<std::size_t>(bytes);
}

bool fits(const dim3& grid, const dim3& block) {
  const std::size_t threads = std::size_t{block.x} * block.y * block.z;
  return threads > 0 && threads <= 1024 && block.z <= 64 && grid.x > 0 && grid.x <= 0x7fffffffu &&
         grid.y > 0 && grid.y <= 65535 && grid.z > 0 && grid.z <= 65535;
}

}  // namespace

cudaError_t launch(const cudaLaunchConfig_t& config, const void* kernel, std::function<void()> body) {
  SIMT_LOCKED;
  if (current_block() != nullptr) fault("a launch from device code");
  if (!Streams::get().known(config.stream)) return answer(cudaErrorInvalidResourceHandle);
  if (!fits(config.gridDim, config.blockDim)) return answer(cudaErrorInvalidConfiguration);
  const auto allowed = allowed_shared().find(kernel);
  if (config.dynamicSmemBytes > (allowed != allowed_shared().end() ? allowed->second : kShared)) {
    return answer(cudaErrorInvalidValue);
  }
  Launch what{kernel, std::move(body), config.gridDim, config.blockDim, config.dynamicSmemBytes};
  Streams::get().enqueue(config.stream, [what = std::move(what)] {
    const DeviceAccess access;
    run_grid(what);
  });
  return cudaSuccess;
}

cudaError_t set_attribute(const void* kernel, cudaFuncAttribute attribute, int value) {
  SIMT_LOCKED;
  if (attribute != cudaFuncAttributeMaxDynamicSharedMemorySize) return cudaSuccess;
  if (value < 0 || static_cast<std::size_t>(value) > most_shared()) return answer(cudaErrorInvalidValue);
  allowed_shared()[kernel] = std::max(kShared, static_cast<std::size_t>(value));
  return cudaSuccess;
}

cudaError_t resident_blocks(int* out, int threads, std::size_t dynamic_shared) {
  if (threads <= 0 || threads > 1024) return answer(cudaErrorInvalidValue);
  const std::size_t by_memory = dynamic_shared == 0 ? 16 : most_shared() / dynamic_shared;
  *out = static_cast<int>(std::min<std::size_t>(by_memory, 1536 / static_cast<unsigned>(threads)));
  return cudaSuccess;
}

void check_argument(const void* kernel, int position, const void* address) {
  SIMT_LOCKED;
  const DeviceMemory& memory = DeviceMemory::get();
  if (address == nullptr || PinnedMemory::get().contains(address)) return;
  const std::string text = kernel_name(kernel) + ": argument " + std::to_string(position) + " points to ";
  if (!memory.owns(address)) fault(text + "host memory");
  // One behind the last element is an address that an empty range may have.
  const std::string problem = memory.problem(address, 0);
  if (!problem.empty()) fault(text + "device memory that is " + problem);
}

}  // namespace simt
