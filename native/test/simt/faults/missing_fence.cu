// The last block adds up what the others wrote, but an atomic counter alone orders nothing.
#include "seeded.h"

__global__ void last_block(float* parts, float* total, unsigned* done, bool mended) {
  if (threadIdx.x != 0) return;
  parts[blockIdx.x] = 1;
  if (mended) __threadfence();
  if (atomicInc(done, gridDim.x - 1) != gridDim.x - 1) return;
  if (mended) __threadfence();
  float sum = 0;
  for (unsigned i = 0; i < gridDim.x; ++i) sum += parts[i];
  *total = sum;
}

SEEDED_FAULT(missing_fence, "tsan", "data race") {
  const DeviceArray<float> parts(16), total(1);
  const DeviceArray<unsigned> done(std::vector<unsigned>(1, 0u));
  launch(last_block, 16, 32, 0, nullptr, parts.data, total.data, done.data, mended);
  expect(total.values()[0] == 16);
}
