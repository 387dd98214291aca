#include "simd/avx2.h"

#include "kernels/coreset/kernels.inl.h"
#include "kernels/coreset/levels.h"

const ad::CoresetKernels ad::avx2::kCoresetKernels{nearest_of, meet_all};
