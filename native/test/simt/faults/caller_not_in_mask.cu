// A lane calls a collective whose mask leaves it out.
#include "seeded.h"

__global__ void left_out(unsigned* out, bool mended) {
  out[threadIdx.x] = __ballot_sync(mended ? 0xffffffffu : 0x0000ffffu, 1);
}

SEEDED_FAULT(caller_not_in_mask, "plain", "not in the mask") {
  const DeviceArray<unsigned> out(32);
  launch(left_out, 1, 32, 0, nullptr, out.data, mended);
  cudaDeviceSynchronize();
}
