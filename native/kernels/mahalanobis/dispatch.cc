#include "kernels/mahalanobis/levels.h"

namespace ad {

const LevelTable<CholeskyKernels> kCholesky{
    &scalar::kCholeskyKernels,
    AD_IF_NEON(&neon::kCholeskyKernels),
    AD_IF_AVX2(&avx2::kCholeskyKernels),
    AD_IF_AVX512(&avx512::kCholeskyKernels),
};

const LevelTable<SolveKernels> kSolve{
    &scalar::kSolveKernels,
    AD_IF_NEON(&neon::kSolveKernels),
    AD_IF_AVX2(&avx2::kSolveKernels),
};

}  // namespace ad
