// Reads with one atomic and writes with another: what comes between is lost.
#include "seeded.h"

__global__ void adds(int* total, bool mended) {
  if (mended) {
    atomicAdd(total, 1);
  } else {
    const int seen = atomicAdd(total, 0);
    atomicExch(total, seen + 1);
  }
}

SEEDED_FAULT(lost_update, "plain", "wrong result") {
  const DeviceArray<int> total(std::vector<int>(1, 0));
  launch(adds, 1, 128, 0, nullptr, total.data, mended);
  expect(total.values()[0] == 128);
}
