// A thread returns while its copy is in flight: shared memory that the next block may own is still written
// to.
#include "seeded.h"

__global__ void forgets(const float* in, float* out, bool mended) {
  __shared__ float tile[32];
  __pipeline_memcpy_async(&tile[threadIdx.x], &in[threadIdx.x], 4);
  __pipeline_commit();
  if (mended) __pipeline_wait_prior(0);
  out[threadIdx.x] = 1;
}

SEEDED_FAULT(forgotten_async_copy, "plain", "never waited for") {
  const DeviceArray<float> in(std::vector<float>(32, 1.0f)), out(32);
  launch(forgets, 1, 32, 0, nullptr, in.data, out.data, mended);
  cudaDeviceSynchronize();
}
