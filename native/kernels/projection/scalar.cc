#include "simd/scalar.h"

#include "kernels/projection/kernels.inl.h"
#include "kernels/projection/levels.h"

const ad::ProjectionKernels ad::scalar::kProjectionKernels{signed_sum};
