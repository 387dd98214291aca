#include "simd/scalar.h"

#include "kernels/moments/kernels.inl.h"
#include "kernels/moments/levels.h"

const ad::MomentsKernels ad::scalar::kMomentsKernels{add_rows, deviations, squared_deviation, add_products,
                                                     add_squares};
