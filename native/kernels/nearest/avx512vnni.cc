#include "kernels/nearest/words/avx512vnni.h"

#include "kernels/nearest/kernels.inl.h"
#include "kernels/nearest/levels.h"

// As avx512, with int8 cells: four products where int16 has two.
const ad::NearestKernels ad::avx512vnni::kNearestKernels = ad::avx512::nearest_kernels<8, 3, 6, 4>();
