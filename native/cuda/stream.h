#pragma once

#include "cuda/check.h"

namespace ad::cuda {

/// A stream that does not wait for the default one. Destroying it waits for its work, as that may still use
/// memory that is about to be freed.
class Stream {
 public:
  Stream() { check(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), "creating a stream"); }
  ~Stream() {
    static_cast<void>(cudaStreamSynchronize(stream_));
    static_cast<void>(cudaStreamDestroy(stream_));
  }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  operator cudaStream_t() const { return stream_; }
  void wait() const { check(cudaStreamSynchronize(stream_), "waiting for the device"); }

 private:
  cudaStream_t stream_ = nullptr;
};

/// Marks a place in a stream.
class Event {
 public:
  Event() { check(cudaEventCreateWithFlags(&event_, cudaEventDisableTiming), "creating an event"); }
  ~Event() { static_cast<void>(cudaEventDestroy(event_)); }
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;

  void record(cudaStream_t stream) { check(cudaEventRecord(event_, stream), "recording an event"); }
  /// The host waits.
  void wait() const { check(cudaEventSynchronize(event_), "waiting for the device"); }
  /// A stream waits.
  void hold(cudaStream_t stream) const { check(cudaStreamWaitEvent(stream, event_, 0), "holding a stream"); }

 private:
  cudaEvent_t event_ = nullptr;
};

/// Starts a kernel on a stream. Arguments are converted to the kernel's parameters.
template <class... Parameters, class... Arguments>
void launch(cudaStream_t stream, void (*kernel)(Parameters...), dim3 grid, dim3 block, std::size_t shared,
            Arguments... arguments) {
  cudaLaunchConfig_t config{};
  config.gridDim = grid;
  config.blockDim = block;
  config.dynamicSmemBytes = shared;
  config.stream = stream;
  check(cudaLaunchKernelEx(&config, kernel, static_cast<Parameters>(arguments)...), "starting a kernel");
}

/// The same where a block may want more shared memory than the 48 KiB that every kernel can have.
template <class... Parameters>
void allow_shared(void (*kernel)(Parameters...), std::size_t bytes) {
  check(cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, static_cast<int>(bytes)),
        "asking for shared memory");
}

constexpr std::size_t ceil_div(std::size_t a, std::size_t b) {
  return (a + b - 1) / b;
}

/// How many blocks of a grid's first dimension cover `items`; loops in the kernels take the rest.
inline unsigned blocks_for(std::size_t items, std::size_t per_block) {
  constexpr std::size_t kMost = 1u << 20;
  const std::size_t blocks = ceil_div(items, per_block);
  return static_cast<unsigned>(blocks < 1 ? 1 : blocks > kMost ? kMost : blocks);
}

}  // namespace ad::cuda
