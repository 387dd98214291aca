// The toolkit's calls on streams and events.
#include <cuda_runtime.h>

#include "errors.h"

using namespace simt;

cudaError_t cudaStreamCreateWithFlags(cudaStream_t* out, unsigned flags) {
  SIMT_LOCKED;
  *out = Streams::get().create(flags != cudaStreamNonBlocking);
  return cudaSuccess;
}

cudaError_t cudaStreamCreate(cudaStream_t* out) {
  return cudaStreamCreateWithFlags(out, cudaStreamDefault);
}

cudaError_t cudaStreamDestroy(cudaStream_t stream) {
  SIMT_LOCKED;
  if (stream == nullptr || !Streams::get().known(stream)) return answer(cudaErrorInvalidResourceHandle);
  Streams::get().destroy(stream);
  return cudaSuccess;
}

cudaError_t cudaStreamSynchronize(cudaStream_t stream) {
  SIMT_LOCKED;
  if (!Streams::get().known(stream)) return answer(cudaErrorInvalidResourceHandle);
  Streams::get().complete(stream);
  return cudaSuccess;
}

cudaError_t cudaStreamQuery(cudaStream_t stream) {
  SIMT_LOCKED;
  if (!Streams::get().known(stream)) return answer(cudaErrorInvalidResourceHandle);
  if (Streams::get().idle(stream)) return cudaSuccess;
  // Whoever asks again and again shall come to an end: the device works on between two questions.
  Streams::get().complete(stream);
  return cudaErrorNotReady;
}

cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned) {
  SIMT_LOCKED;
  if (!Streams::get().known(stream) || !Streams::get().known_event(event)) {
    return answer(cudaErrorInvalidResourceHandle);
  }
  Streams::get().wait_event(stream, event);
  return cudaSuccess;
}

cudaError_t cudaLaunchHostFunc(cudaStream_t stream, cudaHostFn_t function, void* argument) {
  SIMT_LOCKED;
  if (!Streams::get().known(stream)) return answer(cudaErrorInvalidResourceHandle);
  Streams::get().enqueue(stream, [=] { function(argument); });
  return cudaSuccess;
}

cudaError_t cudaEventCreateWithFlags(cudaEvent_t* out, unsigned) {
  SIMT_LOCKED;
  *out = Streams::get().create_event();
  return cudaSuccess;
}

cudaError_t cudaEventCreate(cudaEvent_t* out) {
  return cudaEventCreateWithFlags(out, cudaEventDefault);
}

cudaError_t cudaEventDestroy(cudaEvent_t event) {
  SIMT_LOCKED;
  if (!Streams::get().known_event(event)) return answer(cudaErrorInvalidResourceHandle);
  Streams::get().destroy_event(event);
  return cudaSuccess;
}

cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream) {
  SIMT_LOCKED;
  if (!Streams::get().known(stream) || !Streams::get().known_event(event)) {
    return answer(cudaErrorInvalidResourceHandle);
  }
  Streams::get().record(event, stream);
  return cudaSuccess;
}

cudaError_t cudaEventSynchronize(cudaEvent_t event) {
  SIMT_LOCKED;
  if (!Streams::get().known_event(event)) return answer(cudaErrorInvalidResourceHandle);
  if (event->stream != nullptr) Streams::get().complete_to(event->stream, event->number);
  return cudaSuccess;
}

cudaError_t cudaEventQuery(cudaEvent_t event) {
  SIMT_LOCKED;
  if (!Streams::get().known_event(event)) return answer(cudaErrorInvalidResourceHandle);
  if (event->done()) return cudaSuccess;
  Streams::get().complete_to(event->stream, event->number);
  return cudaErrorNotReady;
}

cudaError_t cudaEventElapsedTime(float* milliseconds, cudaEvent_t from, cudaEvent_t to) {
  SIMT_LOCKED;
  if (!Streams::get().known_event(from) || !Streams::get().known_event(to) || from->stream == nullptr ||
      to->stream == nullptr) {
    return answer(cudaErrorInvalidResourceHandle);
  }
  if (!from->done() || !to->done()) return answer(cudaErrorNotReady);
  *milliseconds = std::chrono::duration<float, std::milli>(to->reached - from->reached).count();
  return cudaSuccess;
}

cudaError_t cudaDeviceSynchronize() {
  SIMT_LOCKED;
  Streams::get().complete_all();
  return cudaSuccess;
}
