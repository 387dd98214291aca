// Lanes of one meeting give different masks.
#include "seeded.h"

__global__ void masks(float* out, bool mended) {
  const unsigned mask = mended || threadIdx.x < 16 ? 0xffffffffu : 0xffff0000u;
  out[threadIdx.x] = __shfl_sync(mask, 1.0f, 20);
}

SEEDED_FAULT(unequal_masks, "plain", "with mask 0xffffffff") {
  const DeviceArray<float> out(32);
  launch(masks, 1, 32, 0, nullptr, out.data, mended);
  cudaDeviceSynchronize();
}
