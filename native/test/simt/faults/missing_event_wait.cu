// One stream computes on what another still copies.
#include "seeded.h"

__global__ void doubles(const float* in, float* out) {
  out[threadIdx.x] = 2 * in[threadIdx.x];
}

SEEDED_FAULT(missing_event_wait, "plain", "wrong result") {
  cudaStream_t copies, work;
  cudaEvent_t arrived;
  cudaStreamCreateWithFlags(&copies, cudaStreamNonBlocking);
  cudaStreamCreateWithFlags(&work, cudaStreamNonBlocking);
  cudaEventCreateWithFlags(&arrived, cudaEventDisableTiming);
  {
    const std::vector<float> host(32, 3.0f);
    std::vector<float> got(32);
    const DeviceArray<float> in(32), out(32);
    cudaMemcpyAsync(in.data, host.data(), 32 * sizeof(float), cudaMemcpyHostToDevice, copies);
    cudaEventRecord(arrived, copies);
    if (mended) cudaStreamWaitEvent(work, arrived);
    launch(doubles, 1, 32, 0, work, in.data, out.data);
    cudaMemcpyAsync(got.data(), out.data, 32 * sizeof(float), cudaMemcpyDeviceToHost, work);
    cudaStreamSynchronize(work);
    for (float value : got) expect(value == 6);
  }
  cudaEventDestroy(arrived);
  cudaStreamDestroy(copies);
  cudaStreamDestroy(work);
}
