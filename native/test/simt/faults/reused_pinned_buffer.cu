// The host fills its staging buffer again before the copy out of it has run.
#include "seeded.h"

SEEDED_FAULT(reused_pinned_buffer, "plain", "wrong result") {
  cudaStream_t stream;
  cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking);
  float* staging = nullptr;
  cudaMallocHost(&staging, 32 * sizeof(float));
  {
    const DeviceArray<float> first(32), second(32);
    std::fill(staging, staging + 32, 1.0f);
    cudaMemcpyAsync(first.data, staging, 32 * sizeof(float), cudaMemcpyHostToDevice, stream);
    if (mended) cudaStreamSynchronize(stream);
    std::fill(staging, staging + 32, 2.0f);
    cudaMemcpyAsync(second.data, staging, 32 * sizeof(float), cudaMemcpyHostToDevice, stream);
    cudaStreamSynchronize(stream);
    for (float value : first.values()) expect(value == 1);
  }
  cudaFreeHost(staging);
  cudaStreamDestroy(stream);
}
