// A kernel is given an address of the host.
#include "seeded.h"

__global__ void writes(float* out) {
  out[threadIdx.x] = 1;
}

SEEDED_FAULT(host_pointer_argument, "plain", "argument 1 points to host memory") {
  std::vector<float> host(32);
  const DeviceArray<float> device(32);
  launch(writes, 1, 32, 0, nullptr, mended ? device.data : host.data());
  cudaDeviceSynchronize();
}
