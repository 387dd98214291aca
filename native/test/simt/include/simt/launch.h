// Launching: a kernel is a function, its arguments are copied when it is launched, it runs when its stream
// does.
#pragma once

#include <functional>
#include <tuple>
#include <type_traits>
#include <utility>

#include "memory.h"
#include "vectors.h"

enum cudaFuncAttribute {
  cudaFuncAttributeMaxDynamicSharedMemorySize = 8,
  cudaFuncAttributePreferredSharedMemoryCarveout = 9
};
struct cudaFuncAttributes {
  std::size_t sharedSizeBytes;
  int maxThreadsPerBlock;
  int numRegs;
  int maxDynamicSharedSizeBytes;
};
struct cudaLaunchAttribute {
  int id;
};
struct cudaLaunchConfig_t {
  dim3 gridDim, blockDim;
  std::size_t dynamicSmemBytes;
  cudaStream_t stream;
  cudaLaunchAttribute* attrs;
  unsigned numAttrs;
};

namespace simt {
cudaError_t launch(const cudaLaunchConfig_t& config, const void* kernel, std::function<void()> body);
cudaError_t set_attribute(const void* kernel, cudaFuncAttribute attribute, int value);
cudaError_t resident_blocks(int* out, int threads, std::size_t dynamic_shared);
/// Stops the process where `address`, an argument of a kernel, is not memory that the device can reach.
void check_argument(const void* kernel, int position, const void* address);

template <class T>
void check_if_pointer(const void* kernel, int position, const T& argument) {
  if constexpr (std::is_pointer_v<T> && !std::is_function_v<std::remove_pointer_t<T>>) {
    check_argument(kernel, position, argument);
  }
}
}  // namespace simt

template <class... Parameters, class... Arguments>
cudaError_t cudaLaunchKernelEx(const cudaLaunchConfig_t* config, void (*kernel)(Parameters...),
                               Arguments&&... arguments) {
  const void* code = reinterpret_cast<const void*>(kernel);
  std::tuple<std::decay_t<Parameters>...> copies(std::forward<Arguments>(arguments)...);
  std::apply(
      [&](const auto&... each) {
        int position = 0;
        (simt::check_if_pointer(code, ++position, each), ...);
      },
      copies);
  return simt::launch(*config, code, [kernel, copies = std::move(copies)] { std::apply(kernel, copies); });
}

template <class F>
cudaError_t cudaFuncSetAttribute(F* kernel, cudaFuncAttribute attribute, int value) {
  return simt::set_attribute(reinterpret_cast<const void*>(kernel), attribute, value);
}
template <class F>
cudaError_t cudaOccupancyMaxActiveBlocksPerMultiprocessor(int* out, F*, int threads,
                                                          std::size_t dynamic_shared) {
  return simt::resident_blocks(out, threads, dynamic_shared);
}
