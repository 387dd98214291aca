#include "simd/avx512.h"

#include "kernels/coreset/kernels.inl.h"
#include "kernels/coreset/levels.h"

const ad::CoresetKernels ad::avx512::kCoresetKernels{nearest_of, meet_all};
