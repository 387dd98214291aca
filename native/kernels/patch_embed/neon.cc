#include "simd/neon.h"

#include "kernels/patch_embed/kernels.inl.h"
#include "kernels/patch_embed/levels.h"

const ad::PatchEmbedKernels ad::neon::kPatchEmbedKernels{pool, blend, multiply};
