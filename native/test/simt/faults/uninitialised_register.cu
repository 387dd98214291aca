// A best value that starts from nothing in particular.
#include "seeded.h"

__global__ void smallest(const float* in, float* out, int n, bool mended) {
  float best;
  if (mended) best = in[0];
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
  for (int i = 1; i < n; ++i) best = fminf(best, in[i]);
  *out = best;
}

SEEDED_FAULT(uninitialised_register, "plain", "wrong result") {
  const DeviceArray<float> in(std::vector<float>(8, 5.0f)), out(1);
  launch(smallest, 1, 1, 0, nullptr, in.data, out.data, 8, mended);
  expect(out.values()[0] == 5);
}
