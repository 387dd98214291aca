// The next round overwrites what slow threads still read.
#include "seeded.h"

__global__ void rounds(float* out, bool mended) {
  __shared__ float value;
  float sum = 0;
  for (int round = 0; round < 4; ++round) {
    if (threadIdx.x == 0) value = static_cast<float>(round);
    __syncthreads();
    sum += value;
    if (mended) __syncthreads();
  }
  out[threadIdx.x] = sum;
}

SEEDED_FAULT(missing_second_barrier, "plain tsan", tsan_or("wrong result")) {
  const DeviceArray<float> out(64);
  launch(rounds, 1, 64, 0, nullptr, out.data, mended);
  for (float sum : out.values()) expect(sum == 6);
}
