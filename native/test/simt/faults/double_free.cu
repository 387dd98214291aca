// Gives device memory back twice.
#include "seeded.h"

SEEDED_FAULT(double_free, "plain", "cudaFree of device memory that was freed") {
  float* memory = nullptr;
  cudaMalloc(&memory, 400);
  cudaFree(memory);
  if (!mended) cudaFree(memory);
}
