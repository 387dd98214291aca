// The launch asks for less dynamic shared memory than the kernel uses.
#include "seeded.h"

__global__ void stages(float* out) {
  DYN_SHARED(float, values);
  values[threadIdx.x] = 1;
  __syncthreads();
  out[threadIdx.x] = values[threadIdx.x ^ 1];
}

SEEDED_FAULT(shared_out_of_bounds, "plain", "of dynamic shared memory") {
  const DeviceArray<float> out(64);
  launch(stages, 1, 64, (mended ? 64 : 63) * sizeof(float), nullptr, out.data);
  cudaDeviceSynchronize();
}
