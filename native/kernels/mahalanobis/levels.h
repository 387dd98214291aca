// Each level's table, named for dispatch only.
#pragma once

#include "kernels/mahalanobis/kernels.h"

namespace ad {
namespace scalar {
extern const MahalanobisKernels kMahalanobisKernels;
}
namespace neon {
extern const MahalanobisKernels kMahalanobisKernels;
}
namespace avx2 {
extern const MahalanobisKernels kMahalanobisKernels;
}
}  // namespace ad
