// A stream that nobody destroys.
#include "seeded.h"

SEEDED_FAULT(leaked_stream, "plain", "1 streams") {
  cudaStream_t stream;
  cudaStreamCreate(&stream);
  if (mended) cudaStreamDestroy(stream);
}
