#pragma once

#include <cstddef>
#include <cstdint>

#include "ad/matrix_view.h"
#include "ad/run.h"
#include "ad/status.h"

namespace ad {

/// Sparse random projection (Achlioptas 2003; Li, Hastie, Church 2006). Entry (component, column) of the
/// matrix is +1 for u < density / 2, -1 for u < density, else 0, where u in [0, 1) is drawn from the seed and
/// the entry's place alone (see README.md), times sqrt(1 / density) / sqrt(components). out is [rows,
/// components].
Status sparse_projection(MatrixView<const float> points, double density, std::uint64_t seed,
                         MatrixView<float> out, const Run& run);

}  // namespace ad
