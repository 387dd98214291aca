// Device memory that nobody gives back.
#include "seeded.h"

SEEDED_FAULT(leaked_memory, "plain", "1 allocations of device memory, 400 bytes") {
  float* memory = nullptr;
  cudaMalloc(&memory, 400);
  if (mended) cudaFree(memory);
}
