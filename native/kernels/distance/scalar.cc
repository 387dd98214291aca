#include "simd/scalar.h"

#include "kernels/distance/canonical.inl.h"
#include "kernels/distance/levels.h"

const ad::DistanceKernels ad::scalar::kDistanceKernels{canonical_squared_distance};
