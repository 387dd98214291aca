#include "simd/avx2.h"

#include "kernels/pca/kernels.inl.h"
#include "kernels/pca/levels.h"

const ad::PcaKernels ad::avx2::kPcaKernels{tile, dots, take_off, update_and_dot, reflect, rotate};
