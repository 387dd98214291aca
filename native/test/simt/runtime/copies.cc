// cudaMalloc, cudaMemcpy and their kin.
#include <cuda_runtime.h>

#include <cstring>
#include <vector>

#include "device_memory.h"
#include "errors.h"
#include "fault.h"
#include "host_memory.h"
#include "settings.h"

namespace simt {
namespace {

struct Rows {
  std::size_t pitch, width, height;
  std::size_t extent() const { return height == 0 ? 0 : pitch * (height - 1) + width; }
};

// An address on the wrong side, or out of its allocation, is a fault: with the toolkit it may even go
// unnoticed.
void check_side(const char* which, const void* address, std::size_t bytes, bool device) {
  const DeviceMemory& memory = DeviceMemory::get();
  if (memory.owns(address) != device) {
    fault(std::string("a copy's ") + which + " is said to be " + (device ? "device" : "host") +
          " memory, which it is not");
  }
  const std::string problem = device ? memory.problem(address, bytes) : "";
  if (!problem.empty()) fault(std::string("a copy's ") + which + " is " + problem);
}

void check_kind(void* to, std::size_t to_bytes, const void* from, std::size_t from_bytes,
                cudaMemcpyKind kind) {
  if (kind == cudaMemcpyDefault) {
    check_side("target", to, to_bytes, DeviceMemory::get().owns(to));
    check_side("source", from, from_bytes, DeviceMemory::get().owns(from));
    return;
  }
  check_side("target", to, to_bytes, kind == cudaMemcpyHostToDevice || kind == cudaMemcpyDeviceToDevice);
  check_side("source", from, from_bytes, kind == cudaMemcpyDeviceToHost || kind == cudaMemcpyDeviceToDevice);
}

void copy_rows(void* to, std::size_t to_pitch, const void* from, const Rows& rows) {
  const DeviceAccess access;
  for (std::size_t i = 0; i < rows.height; ++i) {
    std::memcpy(static_cast<char*>(to) + i * to_pitch, static_cast<const char*>(from) + i * rows.pitch,
                rows.width);
  }
}

cudaError_t copy(void* to, std::size_t to_pitch, const void* from, const Rows& rows, cudaMemcpyKind kind,
                 cudaStream_t stream) {
  SIMT_LOCKED;
  if (!Streams::get().known(stream)) return answer(cudaErrorInvalidResourceHandle);
  if (rows.width == 0 || rows.height == 0) return cudaSuccess;
  if (rows.width > rows.pitch || rows.width > to_pitch) return answer(cudaErrorInvalidValue);
  check_kind(to, to_pitch * (rows.height - 1) + rows.width, from, rows.extent(), kind);
  // Pageable memory is read at the call, as the toolkit documents; the device reads all other when it comes
  // to it.
  if (!DeviceMemory::get().owns(from) && !PinnedMemory::get().contains(from)) {
    const auto* bytes = static_cast<const char*>(from);
    std::vector<char> snapshot(bytes, bytes + rows.extent());
    Streams::get().enqueue(
        stream, [=, snapshot = std::move(snapshot)] { copy_rows(to, to_pitch, snapshot.data(), rows); });
  } else {
    Streams::get().enqueue(stream, [=] { copy_rows(to, to_pitch, from, rows); });
  }
  return cudaSuccess;
}

cudaError_t now(cudaError_t given) {
  SIMT_LOCKED;
  if (given == cudaSuccess) Streams::get().complete(nullptr);
  return given;
}

}  // namespace

cudaError_t allocate(void** out, std::size_t bytes) {
  SIMT_LOCKED;
  *out = nullptr;
  if (bytes == 0) return cudaSuccess;
  *out = DeviceMemory::get().allocate(bytes, settings().poison);
  return *out != nullptr ? cudaSuccess : answer(cudaErrorMemoryAllocation);
}

cudaError_t copy_symbol(void* symbol, std::size_t size, const void* from, std::size_t bytes,
                        std::size_t offset) {
  SIMT_LOCKED;
  if (offset + bytes > size) fault("cudaMemcpyToSymbol writes beyond the symbol");
  Streams::get().complete(nullptr);
  std::memcpy(static_cast<char*>(symbol) + offset, from, bytes);
  return cudaSuccess;
}

}  // namespace simt

using namespace simt;

cudaError_t cudaFree(void* memory) {
  SIMT_LOCKED;
  if (memory == nullptr) return cudaSuccess;
  // Freeing waits for the device, as the toolkit's does.
  Streams::get().complete_all();
  if (!DeviceMemory::get().free(memory)) {
    const std::string what = DeviceMemory::get().describe(memory);
    fault("cudaFree of " + (what.empty() ? "memory that is not the device's" : what));
  }
  return cudaSuccess;
}

cudaError_t cudaMemcpyAsync(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind,
                            cudaStream_t stream) {
  return copy(to, bytes, from, {bytes, bytes, 1}, kind, stream);
}

cudaError_t cudaMemcpy(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind) {
  return now(cudaMemcpyAsync(to, from, bytes, kind, nullptr));
}

cudaError_t cudaMemcpy2DAsync(void* to, std::size_t to_pitch, const void* from, std::size_t from_pitch,
                              std::size_t width, std::size_t height, cudaMemcpyKind kind,
                              cudaStream_t stream) {
  return copy(to, to_pitch, from, {from_pitch, width, height}, kind, stream);
}

cudaError_t cudaMemcpy2D(void* to, std::size_t to_pitch, const void* from, std::size_t from_pitch,
                         std::size_t width, std::size_t height, cudaMemcpyKind kind) {
  return now(cudaMemcpy2DAsync(to, to_pitch, from, from_pitch, width, height, kind, nullptr));
}

cudaError_t cudaMemsetAsync(void* to, int byte, std::size_t bytes, cudaStream_t stream) {
  SIMT_LOCKED;
  if (!Streams::get().known(stream)) return answer(cudaErrorInvalidResourceHandle);
  if (bytes == 0) return cudaSuccess;
  check_side("target", to, bytes, true);
  Streams::get().enqueue(stream, [=] {
    const DeviceAccess access;
    std::memset(to, byte, bytes);
  });
  return cudaSuccess;
}

cudaError_t cudaMemset(void* to, int byte, std::size_t bytes) {
  return cudaMemsetAsync(to, byte, bytes, nullptr);
}
