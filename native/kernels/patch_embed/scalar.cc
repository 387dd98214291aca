#include "simd/scalar.h"

#include "kernels/patch_embed/kernels.inl.h"
#include "kernels/patch_embed/levels.h"

const ad::PatchEmbedKernels ad::scalar::kPatchEmbedKernels{pool, blend, multiply};
