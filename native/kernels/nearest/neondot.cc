#include "kernels/nearest/words/neondot.h"

#include "kernels/nearest/kernels.inl.h"
#include "kernels/nearest/levels.h"

// Dense: as neon. Head: 24 sums, 4 of bank and 1 of query, since a product adds to its sum in one
// instruction.
const ad::NearestKernels ad::neondot::kNearestKernels = ad::neon::nearest_kernels<6, 4, 6, 4>();
