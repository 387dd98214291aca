// Reads one element too far, which ASan sees in the middle of a page.
#include "seeded.h"

__global__ void differences(const float* in, float* out, int n, bool mended) {
  const int i = static_cast<int>(threadIdx.x);
  if (mended ? i + 1 < n : i < n) out[i] = in[i + 1] - in[i];
}

SEEDED_FAULT(global_read_out_of_bounds, "asan", "AddressSanitizer: use-after-poison") {
  const DeviceArray<float> in(std::vector<float>(100, 1.0f)), out(100);
  launch(differences, 1, 128, 0, nullptr, in.data, out.data, 100, mended);
  cudaDeviceSynchronize();
}
