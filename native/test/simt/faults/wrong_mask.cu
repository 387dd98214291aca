// The mask names lanes that take the other branch.
#include "seeded.h"

__global__ void odd_lanes(float* out, bool mended) {
  float value = 0;
  if (threadIdx.x & 1) value = __shfl_xor_sync(mended ? 0xaaaaaaaau : 0xffffffffu, 1.0f, mended ? 2 : 1);
  out[threadIdx.x] = value;
}

SEEDED_FAULT(wrong_mask, "plain", "does not take part") {
  const DeviceArray<float> out(32);
  launch(odd_lanes, 1, 32, 0, nullptr, out.data, mended);
  cudaDeviceSynchronize();
}
