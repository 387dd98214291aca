// Each level's table, named for dispatch only.
#pragma once

#include "kernels/gaussian_blur/kernels.h"

namespace ad {
namespace scalar {
extern const GaussianBlurKernels kGaussianBlurKernels;
}
namespace neon {
extern const GaussianBlurKernels kGaussianBlurKernels;
}
namespace avx2 {
extern const GaussianBlurKernels kGaussianBlurKernels;
}
namespace avx512 {
extern const GaussianBlurKernels kGaussianBlurKernels;
}
}  // namespace ad
