#include "kernels/distance/levels.h"

namespace ad {

const LevelTable<DistanceKernels> kDistance{
    &scalar::kDistanceKernels,
    AD_IF_NEON(&neon::kDistanceKernels),
    AD_IF_AVX2(&avx2::kDistanceKernels),
    AD_IF_AVX512(&avx512::kDistanceKernels),
    nullptr,
};

}  // namespace ad
