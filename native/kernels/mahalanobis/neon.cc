#include "simd/neon.h"

#include "kernels/mahalanobis/cholesky.inl.h"
#include "kernels/mahalanobis/levels.h"
#include "kernels/mahalanobis/solve.inl.h"

const ad::MahalanobisKernels ad::neon::kMahalanobisKernels{cholesky_scratch, cholesky, squared_distance,
                                                           squared_distances};
