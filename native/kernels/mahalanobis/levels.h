// Each level's tables, named for dispatch only.
#pragma once

#include "kernels/mahalanobis/kernels.h"

namespace ad {
namespace scalar {
extern const CholeskyKernels kCholeskyKernels;
extern const SolveKernels kSolveKernels;
}  // namespace scalar
namespace neon {
extern const CholeskyKernels kCholeskyKernels;
extern const SolveKernels kSolveKernels;
}  // namespace neon
namespace avx2 {
extern const CholeskyKernels kCholeskyKernels;
extern const SolveKernels kSolveKernels;
}  // namespace avx2
namespace avx512 {
extern const CholeskyKernels kCholeskyKernels;
}
}  // namespace ad
