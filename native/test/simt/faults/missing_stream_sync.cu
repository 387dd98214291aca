// The host reads a result that nothing has waited for.
#include "seeded.h"

__global__ void ones(float* out) {
  out[threadIdx.x] = 1;
}

SEEDED_FAULT(missing_stream_sync, "plain", "wrong result") {
  cudaStream_t stream;
  cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking);
  {
    const DeviceArray<float> out(32);
    std::vector<float> host(32);
    launch(ones, 1, 32, 0, stream, out.data);
    cudaMemcpyAsync(host.data(), out.data, 32 * sizeof(float), cudaMemcpyDeviceToHost, stream);
    if (mended) cudaStreamSynchronize(stream);
    for (float value : host) expect(value == 1);
  }
  cudaStreamDestroy(stream);
}
