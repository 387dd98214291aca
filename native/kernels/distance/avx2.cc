#include "simd/avx2.h"

#include "kernels/distance/canonical.inl.h"
#include "kernels/distance/levels.h"

const ad::DistanceKernels ad::avx2::kDistanceKernels{canonical_squared_distance};
