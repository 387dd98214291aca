// An index beyond a static shared array, which UBSan checks where the array's size is known.
#include "seeded.h"

__global__ void beyond(float* out, int shift) {
  __shared__ float values[64];
  values[threadIdx.x] = 1;
  __syncthreads();
  out[threadIdx.x] = values[threadIdx.x + shift];
}

SEEDED_FAULT(static_shared_out_of_bounds, "asan", "out of bounds") {
  const DeviceArray<float> out(64);
  launch(beyond, 1, 64, 0, nullptr, out.data, mended ? 0 : 1);
  cudaDeviceSynchronize();
}
