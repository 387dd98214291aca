// Threads beyond the data return before the barrier that the others wait at.
#include "seeded.h"

__global__ void leaves(float* out, int n, bool mended) {
  __shared__ float total;
  const int i = static_cast<int>(threadIdx.x);
  if (i >= n && !mended) return;
  if (i == 0) total = 3;
  __syncthreads();
  if (i < n) out[i] = total;
}

SEEDED_FAULT(early_return, "plain", "threads returned") {
  const DeviceArray<float> out(50);
  launch(leaves, 1, 64, 0, nullptr, out.data, 50, mended);
  for (float value : out.values()) expect(value == 3);
}
