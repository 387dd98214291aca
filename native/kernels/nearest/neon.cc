#include "kernels/nearest/words/neon.h"

#include "kernels/nearest/kernels.inl.h"
#include "kernels/nearest/levels.h"

// Dense: 24 sums, 4 of bank and 1 of query: 29 of 32 registers. Head: 16 sums, as each product takes two
// more.
const ad::NearestKernels ad::neon::kNearestKernels = nearest_kernels<6, 4, 4, 4>();
