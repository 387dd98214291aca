#include "simd/avx512.h"

#include "kernels/distance/canonical.inl.h"
#include "kernels/distance/levels.h"

const ad::DistanceKernels ad::avx512::kDistanceKernels{canonical_squared_distance};
