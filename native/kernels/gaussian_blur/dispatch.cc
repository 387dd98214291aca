#include "kernels/gaussian_blur/levels.h"

namespace ad {

const LevelTable<GaussianBlurKernels> kGaussianBlur{
    &scalar::kGaussianBlurKernels,
    AD_IF_NEON(&neon::kGaussianBlurKernels),
    AD_IF_AVX2(&avx2::kGaussianBlurKernels),
    AD_IF_AVX512(&avx512::kGaussianBlurKernels),
    nullptr,
};

}  // namespace ad
