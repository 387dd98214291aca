#include "simd/avx512.h"

#include "kernels/projection/kernels.inl.h"
#include "kernels/projection/levels.h"

const ad::ProjectionKernels ad::avx512::kProjectionKernels{signed_sum};
