#pragma once

#include <cstddef>
#include <vector>

#include "ad/matrix_view.h"
#include "ad/run.h"
#include "ad/status.h"

namespace ad {

/// One level's feature maps of a batch: data[image][channel][y][x]; `scale` multiplies its embedded values.
struct FeatureLevel {
  const float* data;
  std::size_t channels, height, width;
  float scale;
};

/// How a coarser level is brought to the first level's grid: `bilinear` as PatchCore does, `nearest` as
/// PaDiM.
enum class Interpolation { bilinear, nearest };

/// Locally aware patch features (PatchCore, eq. 1-3): each level averaged over patch x patch, brought to the
/// grid of the first level, concatenated, channels last. `out` has images * height * width
/// rows of the first level's grid and as many columns as all levels have channels. NaN passes through.
Status patch_embed(const std::vector<FeatureLevel>& levels, std::size_t images, std::size_t patch,
                   Interpolation interpolation, MatrixView<float> out, const Run& run);

/// Mean and population standard deviation.
struct Moments {
  double mean, deviation;
};

/// Moments of each group of adjacent columns, `channels` wide one after another. Blocks of rows are summed in
/// double precision and added in order: the bits do not depend on threads. not_finite names the first bad
/// row.
Status level_moments(MatrixView<const float> rows, const std::vector<std::size_t>& channels,
                     std::vector<Moments>& out, const Run& run);

/// Multiplies each group of adjacent columns by its factor, in place: the bits that patch_embed gives with
/// these scales.
Status scale_levels(MatrixView<float> rows, const std::vector<std::size_t>& channels,
                    const std::vector<float>& factors, const Run& run);

}  // namespace ad
