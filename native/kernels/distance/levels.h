// Each level's table, named for dispatch only.
#pragma once

#include "kernels/distance/distance.h"

namespace ad {
namespace scalar {
extern const DistanceKernels kDistanceKernels;
}
namespace neon {
extern const DistanceKernels kDistanceKernels;
}
namespace avx2 {
extern const DistanceKernels kDistanceKernels;
}
namespace avx512 {
extern const DistanceKernels kDistanceKernels;
}
}  // namespace ad
