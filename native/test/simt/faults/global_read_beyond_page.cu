// Reads where nothing was allocated.
#include "seeded.h"

__global__ void strides(const float* in, float* out, int stride) {
  out[threadIdx.x] = in[threadIdx.x * stride];
}

SEEDED_FAULT(global_read_beyond_page, "plain", "a thread touched device memory") {
  const DeviceArray<float> in(std::vector<float>(64, 1.0f)), out(64);
  launch(strides, 1, 64, 0, nullptr, in.data, out.data, mended ? 1 : 2);
  cudaDeviceSynchronize();
}
