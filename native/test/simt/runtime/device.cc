#include <cuda_runtime.h>

#include <cstdio>

#include "device_memory.h"
#include "errors.h"
#include "fault.h"
#include "settings.h"

namespace simt {
namespace {

constexpr int kVersion = 13000;

cudaDeviceProp properties() {
  cudaDeviceProp device{};
  std::snprintf(device.name, sizeof device.name, "SIMT on the CPU");
  device.totalGlobalMem = device_bytes();
  device.sharedMemPerBlock = 48 * 1024;
  device.sharedMemPerBlockOptin = 99 * 1024;
  device.sharedMemPerMultiprocessor = 100 * 1024;
  device.regsPerBlock = device.regsPerMultiprocessor = 65536;
  device.warpSize = 32;
  device.maxThreadsPerBlock = 1024;
  device.maxThreadsPerMultiProcessor = 1536;
  device.maxThreadsDim[0] = device.maxThreadsDim[1] = 1024;
  device.maxThreadsDim[2] = 64;
  device.maxGridSize[0] = 0x7fffffff;
  device.maxGridSize[1] = device.maxGridSize[2] = 65535;
  // Few, so that a grid which is sized by them goes round its loop more than once.
  device.multiProcessorCount = 3;
  device.major = 8;
  device.minor = 9;
  device.l2CacheSize = 1 << 20;
  device.canMapHostMemory = device.concurrentKernels = device.unifiedAddressing = 1;
  device.asyncEngineCount = 2;
  device.memoryBusWidth = 64;
  return device;
}

// A library's own end comes after that of everybody who uses it: what is left now, nobody will give
// back. Pinned host memory may stay: the process owns it, and a pool of it is a good idea.
__attribute__((destructor)) void report_leaks() {
  const std::string memory = DeviceMemory::get().leaks(), streams = Streams::get().leaks();
  const std::string text = memory + (memory.empty() || streams.empty() ? "" : "; ") + streams;
  if (!text.empty()) fault("left at the end of the process: " + text);
}

}  // namespace
}  // namespace simt

using namespace simt;

cudaError_t cudaGetDeviceCount(int* out) {
  *out = 1;
  return cudaSuccess;
}

cudaError_t cudaGetDevice(int* out) {
  *out = 0;
  return cudaSuccess;
}

cudaError_t cudaSetDevice(int device) {
  return device == 0 ? cudaSuccess : answer(cudaErrorInvalidDevice);
}

cudaError_t cudaGetDeviceProperties(cudaDeviceProp* out, int device) {
  if (device != 0) return answer(cudaErrorInvalidDevice);
  *out = properties();
  return cudaSuccess;
}

cudaError_t cudaDeviceGetAttribute(int* out, cudaDeviceAttr attribute, int device) {
  if (device != 0) return answer(cudaErrorInvalidDevice);
  const cudaDeviceProp is = properties();
  switch (attribute) {
    case cudaDevAttrMaxThreadsPerBlock:
      *out = is.maxThreadsPerBlock;
      break;
    case cudaDevAttrMaxSharedMemoryPerBlock:
      *out = static_cast<int>(is.sharedMemPerBlock);
      break;
    case cudaDevAttrWarpSize:
      *out = is.warpSize;
      break;
    case cudaDevAttrMultiProcessorCount:
      *out = is.multiProcessorCount;
      break;
    case cudaDevAttrGlobalMemoryBusWidth:
      *out = is.memoryBusWidth;
      break;
    case cudaDevAttrL2CacheSize:
      *out = is.l2CacheSize;
      break;
    case cudaDevAttrMaxThreadsPerMultiProcessor:
      *out = is.maxThreadsPerMultiProcessor;
      break;
    case cudaDevAttrComputeCapabilityMajor:
      *out = is.major;
      break;
    case cudaDevAttrComputeCapabilityMinor:
      *out = is.minor;
      break;
    case cudaDevAttrMaxSharedMemoryPerMultiprocessor:
      *out = static_cast<int>(is.sharedMemPerMultiprocessor);
      break;
    case cudaDevAttrMaxSharedMemoryPerBlockOptin:
      *out = static_cast<int>(is.sharedMemPerBlockOptin);
      break;
    default:
      return answer(cudaErrorInvalidValue);
  }
  return cudaSuccess;
}

cudaError_t cudaMemGetInfo(std::size_t* free, std::size_t* total) {
  SIMT_LOCKED;
  *total = device_bytes();
  *free = *total - std::min(*total, DeviceMemory::get().used());
  return cudaSuccess;
}

cudaError_t cudaDriverGetVersion(int* out) {
  *out = kVersion;
  return cudaSuccess;
}

cudaError_t cudaRuntimeGetVersion(int* out) {
  *out = kVersion;
  return cudaSuccess;
}

cudaError_t cudaDeviceReset() {
  return cudaDeviceSynchronize();
}
