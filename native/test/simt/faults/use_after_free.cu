// A kernel reaches memory that was freed, through an address that it was given inside a struct.
#include "seeded.h"

struct Bank {
  const float* rows;
};
__global__ void reads_bank(Bank bank, float* out) {
  out[threadIdx.x] = bank.rows[threadIdx.x];
}

SEEDED_FAULT(use_after_free, "plain", "a thread touched device memory that was freed") {
  float* rows = nullptr;
  cudaMalloc(&rows, 32 * sizeof(float));
  cudaMemset(rows, 0, 32 * sizeof(float));
  {
    const DeviceArray<float> out(32);
    if (!mended) cudaFree(rows);
    launch(reads_bank, 1, 32, 0, nullptr, Bank{rows}, out.data);
    cudaDeviceSynchronize();
  }
  if (mended) cudaFree(rows);
}
