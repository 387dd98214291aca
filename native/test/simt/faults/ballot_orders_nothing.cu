// A vote brings the lanes together, but what one wrote to memory before it, another sees after a __syncwarp()
// only.
#include "seeded.h"

__global__ void vote(float* out, bool mended) {
  __shared__ float values[32];
  values[threadIdx.x] = static_cast<float>(threadIdx.x);
  const bool all = __all_sync(0xffffffffu, 1) != 0;
  if (mended) __syncwarp();
  if (all) out[threadIdx.x] = values[threadIdx.x ^ 1];
}

SEEDED_FAULT(ballot_orders_nothing, "tsan", "data race") {
  const DeviceArray<float> out(32);
  launch(vote, 1, 32, 0, nullptr, out.data, mended);
  const std::vector<float> got = out.values();
  for (int i = 0; i < 32; ++i) expect(got[i] == (i ^ 1));
}
