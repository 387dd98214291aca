#include "simd/avx2.h"

#include "kernels/nearest/dense.inl.h"
#include "kernels/nearest/levels.h"

// 12 accumulators, 2 of bank and 1 of query: 15 of 16 registers.
const ad::NearestKernels ad::avx2::kNearestKernels = nearest_kernels<6, 2>();
