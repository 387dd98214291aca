// A copy reaches beyond its target.
#include "seeded.h"

SEEDED_FAULT(copy_too_long, "plain", "bytes 0 to 404 of an allocation of 400") {
  const std::vector<float> host(101, 1.0f);
  const DeviceArray<float> device(100);
  cudaMemcpy(device.data, host.data(), (mended ? 100 : 101) * sizeof(float), cudaMemcpyHostToDevice);
}
