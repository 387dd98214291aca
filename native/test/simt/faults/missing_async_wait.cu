// Reads the target of a cp.async before it has arrived.
#include "seeded.h"

__global__ void stage(const float* in, float* out, bool mended) {
  DYN_SHARED(float4, tile);
  __pipeline_memcpy_async(&tile[threadIdx.x], in + 4 * threadIdx.x, 16);
  __pipeline_commit();
  if (mended) __pipeline_wait_prior(0);
  __syncthreads();
  out[threadIdx.x] = tile[threadIdx.x ^ 1].x;
  __pipeline_wait_prior(0);
}

SEEDED_FAULT(missing_async_wait, "plain", "wrong result") {
  const DeviceArray<float> in(std::vector<float>(256, 1.0f)), out(64);
  launch(stage, 1, 64, 64 * sizeof(float4), nullptr, in.data, out.data, mended);
  for (float value : out.values()) expect(value == 1);
}
