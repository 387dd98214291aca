// Two buffers by turns, but the wait leaves one group too many in flight.
#include "seeded.h"

__global__ void double_buffer(const float* in, float* out, int steps, bool mended) {
  __shared__ float tile[2][32];
  const auto issue = [&](int step) {
    __pipeline_memcpy_async(&tile[step & 1][threadIdx.x], &in[step * 32 + threadIdx.x], 4);
    __pipeline_commit();
  };
  float sum = 0;
  issue(0);
  for (int step = 0; step < steps; ++step) {
    if (step + 1 < steps) issue(step + 1);
    __pipeline_wait_prior(mended && step + 1 == steps ? 0 : 1);
    __syncwarp();
    sum += tile[step & 1][31 - threadIdx.x];
    __syncwarp();
  }
  __pipeline_wait_prior(0);
  out[threadIdx.x] = sum;
}

SEEDED_FAULT(weak_async_wait, "plain", "wrong result") {
  std::vector<float> values(96);
  for (int i = 0; i < 96; ++i) values[i] = static_cast<float>(i / 32);
  const DeviceArray<float> in(values), out(32);
  launch(double_buffer, 1, 32, 0, nullptr, in.data, out.data, 3, mended);
  for (float value : out.values()) expect(value == 3);
}
