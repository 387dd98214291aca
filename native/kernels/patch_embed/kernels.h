#pragma once

#include <cstddef>

#include "cpu/level.h"

namespace ad {

/// The vector code of the room, one instance per level. Every element sees the same operations in the same
/// order on each level, so the bits are the same.
struct PatchEmbedKernels {
  /// out[y, x] = mean of the patch x patch values around (y, x), zeros beyond the border counted in.
  /// `scratch` holds width + patch - 1 floats.
  void (*pool)(const float* plane, std::size_t height, std::size_t width, std::size_t patch, float* scratch,
               float* out);

  /// out = lerp(lerp(a, b, u), lerp(c, d, u), v) * scale, for n channels.
  void (*blend)(const float* const corners[4], float u, float v, float scale, std::size_t n, float* out);

  /// out = a * scale
  void (*multiply)(const float* a, float scale, std::size_t n, float* out);
};

extern const LevelTable<PatchEmbedKernels> kPatchEmbed;

}  // namespace ad
