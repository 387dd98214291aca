#include "simd/scalar.h"

#include "kernels/coreset/kernels.inl.h"
#include "kernels/coreset/levels.h"

const ad::CoresetKernels ad::scalar::kCoresetKernels{nearest_of, meet_all};
