#include "simd/avx512.h"

#include "kernels/gaussian_blur/kernels.inl.h"
#include "kernels/gaussian_blur/levels.h"

const ad::GaussianBlurKernels ad::avx512::kGaussianBlurKernels{weighted_sum};
