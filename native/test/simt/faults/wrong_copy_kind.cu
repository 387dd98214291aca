// A copy in the wrong direction.
#include "seeded.h"

SEEDED_FAULT(wrong_copy_kind, "plain", "said to be host memory") {
  const std::vector<float> host(8, 1.0f);
  const DeviceArray<float> device(8);
  cudaMemcpy(device.data, host.data(), 8 * sizeof(float),
             mended ? cudaMemcpyHostToDevice : cudaMemcpyDeviceToHost);
}
