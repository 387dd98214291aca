// Both branches have a barrier, but not the same one.
#include "seeded.h"

__global__ void branches(float* out, bool mended) {
  if (mended) {
    __syncthreads();
  } else if (threadIdx.x & 32) {
    __syncthreads();
  } else {
    __syncthreads();
  }
  out[threadIdx.x] = 1;
}

SEEDED_FAULT(two_barriers, "plain", "different barriers: two_barriers.cu:") {
  const DeviceArray<float> out(64);
  launch(branches, 1, 64, 0, nullptr, out.data, mended);
  cudaDeviceSynchronize();
}
