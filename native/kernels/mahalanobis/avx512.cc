#include "simd/avx512.h"

#include "kernels/mahalanobis/cholesky.inl.h"
#include "kernels/mahalanobis/levels.h"
#include "kernels/mahalanobis/solve.inl.h"

const ad::MahalanobisKernels ad::avx512::kMahalanobisKernels{cholesky_scratch, cholesky, squared_distances};
