// Each level's table, named for dispatch only.
#pragma once

#include "kernels/pca/kernels.h"

namespace ad {
namespace scalar {
extern const PcaKernels kPcaKernels;
}
namespace neon {
extern const PcaKernels kPcaKernels;
}
namespace avx2 {
extern const PcaKernels kPcaKernels;
}
namespace avx512 {
extern const PcaKernels kPcaKernels;
}
}  // namespace ad
