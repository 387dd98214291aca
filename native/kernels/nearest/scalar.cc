#include "kernels/nearest/words/scalar.h"

#include "kernels/nearest/kernels.inl.h"
#include "kernels/nearest/levels.h"

// Eight sums of four lanes, for compilers that make one 128-bit register of each.
const ad::NearestKernels ad::scalar::kNearestKernels = nearest_kernels<4, 2, 4, 2>();
