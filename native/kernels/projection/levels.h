// Each level's table, named for dispatch only.
#pragma once

#include "kernels/projection/kernels.h"

namespace ad {
namespace scalar {
extern const ProjectionKernels kProjectionKernels;
}
namespace neon {
extern const ProjectionKernels kProjectionKernels;
}
namespace avx2 {
extern const ProjectionKernels kProjectionKernels;
}
namespace avx512 {
extern const ProjectionKernels kProjectionKernels;
}
}  // namespace ad
