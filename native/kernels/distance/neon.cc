#include "simd/neon.h"

#include "kernels/distance/canonical.inl.h"
#include "kernels/distance/levels.h"

const ad::DistanceKernels ad::neon::kDistanceKernels{canonical_squared_distance};
