// Lanes of a warp are not in step: what one writes to shared memory, another sees after a __syncwarp() only.
#include "seeded.h"

__global__ void swap(float* out, bool mended) {
  __shared__ float values[32];
  values[threadIdx.x] = static_cast<float>(threadIdx.x);
  if (mended) __syncwarp();
  out[threadIdx.x] = values[threadIdx.x ^ 1];
}

SEEDED_FAULT(missing_syncwarp, "plain tsan", tsan_or("wrong result")) {
  const DeviceArray<float> out(32);
  launch(swap, 1, 32, 0, nullptr, out.data, mended);
  const std::vector<float> got = out.values();
  for (int i = 0; i < 32; ++i) expect(got[i] == (i ^ 1));
}
