// One element too far.
#include "seeded.h"

__global__ void fill(float* out, int n, bool mended) {
  const int i = static_cast<int>(threadIdx.x);
  if (mended ? i < n : i <= n) out[i] = 1;
}

SEEDED_FAULT(global_write_out_of_bounds, "plain", "wrote byte 400 of an allocation of 400 bytes") {
  const DeviceArray<float> out(100);
  launch(fill, 1, 128, 0, nullptr, out.data, 100, mended);
  cudaDeviceSynchronize();
}
