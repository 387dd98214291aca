#include "simd/neon.h"

#include "kernels/projection/kernels.inl.h"
#include "kernels/projection/levels.h"

const ad::ProjectionKernels ad::neon::kProjectionKernels{signed_sum};
