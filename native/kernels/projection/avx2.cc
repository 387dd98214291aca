#include "simd/avx2.h"

#include "kernels/projection/kernels.inl.h"
#include "kernels/projection/levels.h"

const ad::ProjectionKernels ad::avx2::kProjectionKernels{signed_sum};
