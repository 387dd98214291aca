// A shuffle reads a lane that has returned.
#include "seeded.h"

__global__ void reads_gone(float* out, bool mended) {
  if (threadIdx.x == 5) return;
  out[threadIdx.x] = __shfl_sync(0xffffffffu, 1.0f, mended ? 6 : 5);
}

SEEDED_FAULT(returned_lane, "plain", "reads lane 5, which does not take part") {
  const DeviceArray<float> out(32);
  launch(reads_gone, 1, 32, 0, nullptr, out.data, mended);
  cudaDeviceSynchronize();
}
