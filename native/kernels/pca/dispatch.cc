#include "kernels/pca/levels.h"

namespace ad {

const LevelTable<PcaKernels> kPca{
    &scalar::kPcaKernels,
    AD_IF_NEON(&neon::kPcaKernels),
    AD_IF_AVX2(&avx2::kPcaKernels),
    AD_IF_AVX512(&avx512::kPcaKernels),
    nullptr,
};

}  // namespace ad
