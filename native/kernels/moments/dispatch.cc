#include "kernels/moments/levels.h"

namespace ad {

const LevelTable<MomentsKernels> kMoments{
    &scalar::kMomentsKernels,
    AD_IF_NEON(&neon::kMomentsKernels),
    AD_IF_AVX2(&avx2::kMomentsKernels),
    AD_IF_AVX512(&avx512::kMomentsKernels),
};

}  // namespace ad
