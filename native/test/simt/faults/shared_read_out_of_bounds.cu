// Reads behind the dynamic shared memory.
#include "seeded.h"

__global__ void neighbours(float* out, bool mended) {
  DYN_SHARED(float, values);
  values[threadIdx.x] = 1;
  __syncthreads();
  out[threadIdx.x] = values[threadIdx.x + (mended ? 0 : 1)];
}

SEEDED_FAULT(shared_read_out_of_bounds, "asan", "AddressSanitizer: use-after-poison") {
  const DeviceArray<float> out(64);
  launch(neighbours, 1, 64, 64 * sizeof(float), nullptr, out.data, mended);
  cudaDeviceSynchronize();
}
