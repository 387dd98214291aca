#include "simd/neon.h"

#include "kernels/coreset/kernels.inl.h"
#include "kernels/coreset/levels.h"

const ad::CoresetKernels ad::neon::kCoresetKernels{nearest_of, meet_all};
