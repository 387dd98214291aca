#include "simd/neon.h"

#include "kernels/gaussian_blur/kernels.inl.h"
#include "kernels/gaussian_blur/levels.h"

const ad::GaussianBlurKernels ad::neon::kGaussianBlurKernels{weighted_sum};
