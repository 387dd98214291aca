#include "kernels/patch_embed/levels.h"

namespace ad {

const LevelTable<PatchEmbedKernels> kPatchEmbed{
    &scalar::kPatchEmbedKernels,
    AD_IF_NEON(&neon::kPatchEmbedKernels),
    AD_IF_AVX2(&avx2::kPatchEmbedKernels),
    AD_IF_AVX512(&avx512::kPatchEmbedKernels),
    nullptr,
};

}  // namespace ad
