#include "simd/avx512.h"

#include "kernels/moments/kernels.inl.h"
#include "kernels/moments/levels.h"

const ad::MomentsKernels ad::avx512::kMomentsKernels{add_rows, deviations, squared_deviation, add_products};
