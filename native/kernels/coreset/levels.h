// Each level's table, named for dispatch only.
#pragma once

#include "kernels/coreset/kernels.h"

namespace ad {
namespace scalar {
extern const CoresetKernels kCoresetKernels;
}
namespace neon {
extern const CoresetKernels kCoresetKernels;
}
namespace avx2 {
extern const CoresetKernels kCoresetKernels;
}
namespace avx512 {
extern const CoresetKernels kCoresetKernels;
}
}  // namespace ad
