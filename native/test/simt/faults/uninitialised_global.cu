// Adds to device memory that nobody set to zero.
#include "seeded.h"

__global__ void increments(int* out) {
  atomicAdd(&out[threadIdx.x], 1);
}

SEEDED_FAULT(uninitialised_global, "plain", "wrong result") {
  const DeviceArray<int> out(32);
  if (mended) cudaMemset(out.data, 0, 32 * sizeof(int));
  launch(increments, 1, 32, 0, nullptr, out.data);
  for (int value : out.values()) expect(value == 1);
}
