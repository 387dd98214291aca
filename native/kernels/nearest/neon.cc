#include "simd/neon.h"

#include "kernels/nearest/dense.inl.h"
#include "kernels/nearest/levels.h"

// 24 accumulators, 4 of bank and 1 of query: 29 of 32 registers.
const ad::NearestKernels ad::neon::kNearestKernels = nearest_kernels<6, 4>();
