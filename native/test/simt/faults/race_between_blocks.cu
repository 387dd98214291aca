// Blocks add to one number without an atomic.
#include "seeded.h"

__global__ void counts(int* total, bool mended) {
  if (threadIdx.x != 0) return;
  if (mended) {
    atomicAdd(total, 1);
  } else {
    *total = *total + 1;
  }
}

SEEDED_FAULT(race_between_blocks, "tsan", "data race") {
  const DeviceArray<int> total(std::vector<int>(1, 0));
  launch(counts, 16, 32, 0, nullptr, total.data, mended);
  cudaDeviceSynchronize();
}
