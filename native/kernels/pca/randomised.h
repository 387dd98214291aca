#pragma once

#include "kernels/pca/pca.h"
#include "kernels/pca/products.h"

namespace ad {

/// Principal components of rows that are too many and too long for an exact decomposition: Halko, Martinsson,
/// Tropp, *Finding structure with randomness* (SIAM Review 2011), algorithm 4.4, with random signs from a
/// fixed seed. The range of the centred rows X is sampled with kOversampling more directions than there are
/// components, and the sample is multiplied by X' and X in turn until none of the wanted singular values'
/// squares grows by more than 1e-9 of the largest, or kMostIterations times. Singular values are never larger
/// than the exact ones, total_variance is exact. For a share, samples are enlarged until they hold it.
Status randomised_pca(const PcaKernels& kernels, MatrixView<const float> rows, const double* means,
                      const PcaKeep& keep, Pca& out, const Run& run);

constexpr int kMostIterations = 24;

}  // namespace ad
