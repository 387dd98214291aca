#include "kernels/nearest/words/avx2.h"

#include "kernels/nearest/kernels.inl.h"
#include "kernels/nearest/levels.h"

// 12 sums, 2 of bank and 1 of query: 15 of 16 registers.
const ad::NearestKernels ad::avx2::kNearestKernels = nearest_kernels<6, 2, 6, 2>();
