#include "simd/neon.h"

#include "kernels/moments/kernels.inl.h"
#include "kernels/moments/levels.h"

const ad::MomentsKernels ad::neon::kMomentsKernels{add_rows, deviations, squared_deviation, add_products,
                                                   add_squares};
