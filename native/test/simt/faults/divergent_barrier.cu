// Only some threads of the block come to the barrier.
#include "seeded.h"

__global__ void some_wait(float* out, bool mended) {
  __shared__ float values[64];
  values[threadIdx.x] = 1;
  if (mended || threadIdx.x < 10) {
    __syncthreads();
  }
  for (int i = 0; i < 2; ++i) __syncwarp();
  out[threadIdx.x] = values[threadIdx.x];
}

SEEDED_FAULT(divergent_barrier, "plain", "deadlock") {
  const DeviceArray<float> out(64);
  launch(some_wait, 1, 64, 0, nullptr, out.data, mended);
  cudaDeviceSynchronize();
}
