// Host code follows a pointer to device memory.
#include "seeded.h"

SEEDED_FAULT(host_touches_device, "plain asan", "the host touched device memory") {
  const DeviceArray<float> values(std::vector<float>(4, 1.0f));
  expect(mended ? values.values()[1] == 1 : values.data[1] == 1);
}
