// The next tile is fetched into the buffer that other threads still read.
#include "seeded.h"

__global__ void reuses(const float* in, float* out, bool mended) {
  __shared__ float tile[64];
  float sum = 0;
  for (int step = 0; step < 3; ++step) {
    __pipeline_memcpy_async(&tile[threadIdx.x], &in[step * 64 + threadIdx.x], 4);
    __pipeline_commit();
    __pipeline_wait_prior(0);
    __syncthreads();
    sum += tile[63 - threadIdx.x];
    if (mended) __syncthreads();
  }
  out[threadIdx.x] = sum;
}

SEEDED_FAULT(early_async_copy, "plain tsan", tsan_or("wrong result")) {
  std::vector<float> values(192);
  for (int i = 0; i < 192; ++i) values[i] = static_cast<float>(i / 64);
  const DeviceArray<float> in(values), out(64);
  launch(reuses, 1, 64, 0, nullptr, in.data, out.data, mended);
  for (float value : out.values()) expect(value == 3);
}
