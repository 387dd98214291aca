#include "simd/avx2.h"

#include "kernels/patch_embed/kernels.inl.h"
#include "kernels/patch_embed/levels.h"

const ad::PatchEmbedKernels ad::avx2::kPatchEmbedKernels{pool, blend, multiply};
