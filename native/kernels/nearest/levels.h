// Each level's table, named for dispatch only.
#pragma once

#include "kernels/nearest/kernels.h"

namespace ad {
namespace scalar {
extern const NearestKernels kNearestKernels;
}
namespace neon {
extern const NearestKernels kNearestKernels;
}
namespace neondot {
extern const NearestKernels kNearestKernels;
}
namespace avx2 {
extern const NearestKernels kNearestKernels;
}
namespace avx512 {
extern const NearestKernels kNearestKernels;
}
namespace avx512vnni {
extern const NearestKernels kNearestKernels;
}
}  // namespace ad
