#pragma once

#include <cstddef>

#include "ad/run.h"
#include "ad/status.h"

namespace ad {

/// What lies beyond a map's border: `mirror` d c b | a b c d | c b a, `reflect` c b a | a b c d | d c b
/// (the names of scipy.ndimage).
enum class Border { mirror, reflect };

struct MapShape {
  std::size_t images, height, width;
  std::size_t out_height, out_width;
};

/// Patch scores [images, height, width] to anomaly maps [images, out_height, out_width]: bilinear with
/// half-pixel centres, then a Gaussian of `sigma` output pixels, cut off at int(4 sigma + 1/2) and
/// normalised; sigma 0 blurs not.
Status anomaly_maps(const float* scores, const MapShape& shape, double sigma, Border border, float* out,
                    const Run& run);

}  // namespace ad
