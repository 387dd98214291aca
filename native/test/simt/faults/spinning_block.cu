// A block waits for one that cannot start before it has ended.
#include "seeded.h"

__global__ void waits(unsigned* flags, bool mended) {
  if (threadIdx.x != 0) return;
  atomicExch(&flags[blockIdx.x], 1u);
  if (mended) return;
  while (atomicAdd(&flags[gridDim.x - 1 - blockIdx.x], 0u) == 0) {
  }
}

SEEDED_FAULT(spinning_block, "plain", "the block spins") {
  const DeviceArray<unsigned> flags(std::vector<unsigned>(8, 0u));
  launch(waits, 8, 32, 0, nullptr, flags.data, mended);
  cudaDeviceSynchronize();
}
