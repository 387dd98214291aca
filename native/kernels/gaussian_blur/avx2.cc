#include "simd/avx2.h"

#include "kernels/gaussian_blur/kernels.inl.h"
#include "kernels/gaussian_blur/levels.h"

const ad::GaussianBlurKernels ad::avx2::kGaussianBlurKernels{weighted_sum};
