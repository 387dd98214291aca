// Each level's table, named for dispatch only.
#pragma once

#include "kernels/patch_embed/kernels.h"

namespace ad {
namespace scalar {
extern const PatchEmbedKernels kPatchEmbedKernels;
}
namespace neon {
extern const PatchEmbedKernels kPatchEmbedKernels;
}
namespace avx2 {
extern const PatchEmbedKernels kPatchEmbedKernels;
}
namespace avx512 {
extern const PatchEmbedKernels kPatchEmbedKernels;
}
}  // namespace ad
