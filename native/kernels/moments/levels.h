// Each level's table, named for dispatch only.
#pragma once

#include "kernels/moments/kernels.h"

namespace ad {
namespace scalar {
extern const MomentsKernels kMomentsKernels;
}
namespace neon {
extern const MomentsKernels kMomentsKernels;
}
namespace avx2 {
extern const MomentsKernels kMomentsKernels;
}
namespace avx512 {
extern const MomentsKernels kMomentsKernels;
}
}  // namespace ad
