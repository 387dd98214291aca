#include "kernels/nearest/words/avx512.h"

#include "kernels/nearest/kernels.inl.h"
#include "kernels/nearest/levels.h"

// 24 sums, 3 or 4 of bank and 1 of query: 28 or 29 of 32 registers.
const ad::NearestKernels ad::avx512::kNearestKernels = nearest_kernels<8, 3, 6, 4>();
