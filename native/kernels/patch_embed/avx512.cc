#include "simd/avx512.h"

#include "kernels/patch_embed/kernels.inl.h"
#include "kernels/patch_embed/levels.h"

const ad::PatchEmbedKernels ad::avx512::kPatchEmbedKernels{pool, blend, multiply};
