#include "kernels/nearest/levels.h"

namespace ad {

const LevelTable<NearestKernels> kNearest{
    &scalar::kNearestKernels,
    AD_IF_NEON(&neon::kNearestKernels),
    AD_IF_AVX2(&avx2::kNearestKernels),
    AD_IF_AVX512(&avx512::kNearestKernels),
    AD_IF_AVX512VNNI(&avx512vnni::kNearestKernels),
    AD_IF_NEONDOT(&neondot::kNearestKernels),
};

}  // namespace ad
