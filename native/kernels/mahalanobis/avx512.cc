#include "simd/avx512.h"

#include "kernels/mahalanobis/levels.h"
#include "kernels/mahalanobis/many_matrices.inl.h"

const ad::CholeskyKernels ad::avx512::kCholeskyKernels{matrices_at_once, cholesky_scratch, cholesky};
