#include "simd/scalar.h"

#include "kernels/mahalanobis/levels.h"
#include "kernels/mahalanobis/many_matrices.inl.h"
#include "kernels/mahalanobis/solve.inl.h"

const ad::CholeskyKernels ad::scalar::kCholeskyKernels{matrices_at_once, cholesky_scratch, cholesky};
const ad::SolveKernels ad::scalar::kSolveKernels{squared_distance, squared_distances};
