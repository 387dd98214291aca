#include "simd/scalar.h"

#include "kernels/nearest/dense.inl.h"
#include "kernels/nearest/levels.h"

// Eight accumulators of four floats, for compilers that make one 128-bit register of each.
const ad::NearestKernels ad::scalar::kNearestKernels = nearest_kernels<4, 2>();
