#include "kernels/coreset/levels.h"

namespace ad {

const LevelTable<CoresetKernels> kCoreset{
    &scalar::kCoresetKernels,
    AD_IF_NEON(&neon::kCoresetKernels),
    AD_IF_AVX2(&avx2::kCoresetKernels),
    AD_IF_AVX512(&avx512::kCoresetKernels),
    nullptr,
};

}  // namespace ad
