#include "simd/scalar.h"

#include "kernels/gaussian_blur/kernels.inl.h"
#include "kernels/gaussian_blur/levels.h"

const ad::GaussianBlurKernels ad::scalar::kGaussianBlurKernels{weighted_sum};
