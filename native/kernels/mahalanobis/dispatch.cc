#include "kernels/mahalanobis/levels.h"

namespace ad {

const LevelTable<MahalanobisKernels> kMahalanobis{
    &scalar::kMahalanobisKernels,
    AD_IF_NEON(&neon::kMahalanobisKernels),
    AD_IF_AVX2(&avx2::kMahalanobisKernels),
};

}  // namespace ad
