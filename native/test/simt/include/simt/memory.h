// Memory of the device and copies. Host code that touches device memory is stopped, as it would be on a
// machine with a GPU.
#pragma once

#include "errors.h"

enum cudaMemcpyKind {
  cudaMemcpyHostToHost,
  cudaMemcpyHostToDevice,
  cudaMemcpyDeviceToHost,
  cudaMemcpyDeviceToDevice,
  cudaMemcpyDefault
};
typedef struct CUstream_st* cudaStream_t;

constexpr unsigned cudaHostAllocDefault = 0;
constexpr unsigned cudaHostRegisterDefault = 0;

namespace simt {
cudaError_t allocate(void** out, std::size_t bytes);
cudaError_t allocate_pinned(void** out, std::size_t bytes);
cudaError_t copy_symbol(void* symbol, std::size_t size, const void* from, std::size_t bytes,
                        std::size_t offset);
}  // namespace simt

template <class T>
cudaError_t cudaMalloc(T** out, std::size_t bytes) {
  return simt::allocate(reinterpret_cast<void**>(out), bytes);
}
cudaError_t cudaFree(void* memory);
template <class T>
cudaError_t cudaMallocHost(T** out, std::size_t bytes, unsigned = 0) {
  return simt::allocate_pinned(reinterpret_cast<void**>(out), bytes);
}
template <class T>
cudaError_t cudaHostAlloc(T** out, std::size_t bytes, unsigned) {
  return simt::allocate_pinned(reinterpret_cast<void**>(out), bytes);
}
cudaError_t cudaFreeHost(void* memory);
cudaError_t cudaHostRegister(void* memory, std::size_t bytes, unsigned flags);
cudaError_t cudaHostUnregister(void* memory);

cudaError_t cudaMemcpy(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind);
cudaError_t cudaMemcpyAsync(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind,
                            cudaStream_t stream = nullptr);
cudaError_t cudaMemcpy2D(void* to, std::size_t to_pitch, const void* from, std::size_t from_pitch,
                         std::size_t width, std::size_t height, cudaMemcpyKind kind);
cudaError_t cudaMemcpy2DAsync(void* to, std::size_t to_pitch, const void* from, std::size_t from_pitch,
                              std::size_t width, std::size_t height, cudaMemcpyKind kind,
                              cudaStream_t stream = nullptr);
cudaError_t cudaMemset(void* to, int byte, std::size_t bytes);
cudaError_t cudaMemsetAsync(void* to, int byte, std::size_t bytes, cudaStream_t stream = nullptr);

template <class T>
cudaError_t cudaMemcpyToSymbol(T& symbol, const void* from, std::size_t bytes, std::size_t offset = 0,
                               cudaMemcpyKind = cudaMemcpyHostToDevice) {
  return simt::copy_symbol(&symbol, sizeof symbol, from, bytes, offset);
}
