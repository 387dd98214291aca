#include "kernels/projection/levels.h"

namespace ad {

const LevelTable<ProjectionKernels> kProjection{
    &scalar::kProjectionKernels,
    AD_IF_NEON(&neon::kProjectionKernels),
    AD_IF_AVX2(&avx2::kProjectionKernels),
    AD_IF_AVX512(&avx512::kProjectionKernels),
    nullptr,
};

}  // namespace ad
