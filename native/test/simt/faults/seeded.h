#pragma once

#include <cuda_pipeline.h>
#include <cuda_runtime.h>

#include <string>
#include <vector>

/// A small program that is wrong in one way, and right where it is mended.
struct SeededFault {
  const char* name;
  const char* builds;    ///< where it has to be caught: plain, asan (with UBSan), tsan
  const char* expected;  ///< what the report has to contain
  void (*run)(bool mended);
};
std::vector<SeededFault>& seeded_faults();

struct RegisterFault {
  explicit RegisterFault(SeededFault fault) { seeded_faults().push_back(fault); }
};

/// TSan names the race itself; elsewhere what it does has to show.
constexpr const char* tsan_or(const char* otherwise) {
#if defined(__SANITIZE_THREAD__)
  return static_cast<void>(otherwise), "data race";
#else
  return otherwise;
#endif
}

#define SEEDED_FAULT(name, builds, expected)                                           \
  static void run_##name(bool mended);                                                 \
  static const RegisterFault registered_##name{{#name, builds, expected, run_##name}}; \
  static void run_##name(bool mended)

/// Device memory that gives itself back.
template <class T>
struct DeviceArray {
  T* data = nullptr;
  std::size_t size;

  explicit DeviceArray(std::size_t n) : size(n) { cudaMalloc(&data, n * sizeof(T)); }
  explicit DeviceArray(const std::vector<T>& values) : DeviceArray(values.size()) {
    cudaMemcpy(data, values.data(), size * sizeof(T), cudaMemcpyHostToDevice);
  }
  ~DeviceArray() { cudaFree(data); }
  DeviceArray(const DeviceArray&) = delete;
  DeviceArray& operator=(const DeviceArray&) = delete;

  std::vector<T> values() const {
    std::vector<T> out(size);
    cudaMemcpy(out.data(), data, size * sizeof(T), cudaMemcpyDeviceToHost);
    return out;
  }
};

template <class... Parameters, class... Arguments>
cudaError_t launch(void (*kernel)(Parameters...), dim3 grid, dim3 block, std::size_t shared,
                   cudaStream_t stream, Arguments... arguments) {
  cudaLaunchConfig_t config{};
  config.gridDim = grid;
  config.blockDim = block;
  config.dynamicSmemBytes = shared;
  config.stream = stream;
  return cudaLaunchKernelEx(&config, kernel, arguments...);
}

/// What a test would say: ends the process with code 1 where a result is not what it has to be.
inline void expect(bool right) {
  if (right) return;
  std::fprintf(stderr, "wrong result\n");
  std::_Exit(1);
}
