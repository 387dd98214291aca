// Half of an accumulator starts from what the last block left.
#include "seeded.h"

__global__ void accumulates(float* out, bool mended) {
  __shared__ float sums[64];
  if (mended || threadIdx.x < 32) sums[threadIdx.x] = 0;
  __syncthreads();
  sums[threadIdx.x] += 1;
  __syncthreads();
  out[threadIdx.x] = sums[63 - threadIdx.x];
}

SEEDED_FAULT(uninitialised_shared, "plain", "wrong result") {
  const DeviceArray<float> out(64);
  launch(accumulates, 2, 64, 0, nullptr, out.data, mended);
  for (float value : out.values()) expect(value == 1);
}
