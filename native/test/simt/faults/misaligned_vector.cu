// A float4 from an address that is no multiple of 16.
#include "seeded.h"

__global__ void loads(const float* in, float* out, int shift) {
  const float4 four = *reinterpret_cast<const float4*>(in + shift);
  out[threadIdx.x] = four.x + four.y + four.z + four.w;
}

SEEDED_FAULT(misaligned_vector, "asan", "misaligned address") {
  const DeviceArray<float> in(std::vector<float>(8, 1.0f)), out(1);
  launch(loads, 1, 1, 0, nullptr, in.data, out.data, mended ? 4 : 1);
  cudaDeviceSynchronize();
}
