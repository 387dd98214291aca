#include "simd/avx2.h"

#include "kernels/moments/kernels.inl.h"
#include "kernels/moments/levels.h"

const ad::MomentsKernels ad::avx2::kMomentsKernels{add_rows, deviations, squared_deviation, add_products,
                                                   add_squares};
