// Two halves of a warp meet at different collectives, each with the full mask.
#include "seeded.h"

__global__ void mixed(int* out, bool mended) {
  int value = 1;
  if (mended || threadIdx.x < 16) {
    value = __any_sync(0xffffffffu, value);
  } else {
    value = __all_sync(0xffffffffu, value);
  }
  out[threadIdx.x] = value;
}

SEEDED_FAULT(mixed_collectives, "plain", "different collectives") {
  const DeviceArray<int> out(32);
  launch(mixed, 1, 32, 0, nullptr, out.data, mended);
  cudaDeviceSynchronize();
}
