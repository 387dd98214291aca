// A thread reads what its neighbour may not have written yet: poison instead of a value.
#include "seeded.h"

__global__ void reverse_block(float* out, bool mended) {
  __shared__ float values[128];
  values[threadIdx.x] = static_cast<float>(threadIdx.x);
  if (mended) __syncthreads();
  out[threadIdx.x] = values[127 - threadIdx.x];
}

SEEDED_FAULT(missing_barrier, "plain tsan", tsan_or("wrong result")) {
  const DeviceArray<float> out(128);
  launch(reverse_block, 1, 128, 0, nullptr, out.data, mended);
  const std::vector<float> got = out.values();
  for (int i = 0; i < 128; ++i) expect(got[i] == 127 - i);
}
