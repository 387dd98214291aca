#include "simd/avx512.h"

#include "kernels/nearest/dense.inl.h"
#include "kernels/nearest/levels.h"

// 24 accumulators, 3 of bank and 1 of query: 28 of 32 registers.
const ad::NearestKernels ad::avx512::kNearestKernels = nearest_kernels<8, 3>();
