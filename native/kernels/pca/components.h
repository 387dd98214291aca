#pragma once

#include <cstddef>
#include <vector>

#include "kernels/pca/pca.h"
#include "kernels/pca/products.h"

namespace ad {

/// How many of the values, squares of singular values from the largest on, are no rounding.
std::size_t rank_of(const std::vector<double>& values);

/// How many of them hold the share of the total, or all that there are.
std::size_t count_share(const std::vector<double>& values, double share, double total);

/// Refuses rows that are all equal, and more components than there are.
Status no_components(MatrixView<const float> rows);
Status too_many_components(std::size_t asked, std::size_t found, MatrixView<const float> rows);

/// Components of rows from orthonormal combinations of lines: transform [count, stride], each row divided by
/// its singular value, times as many columns of `source` as there are means in `out`, less `means`, if any.
/// Signs are fixed, and what small singular values have cost is orthonormalised once more.
template <class T>
Status combine(const PcaKernels& kernels, std::vector<double>& transform, std::size_t stride,
               MatrixView<const T> source, const double* means, Pca& out, const Run& run);

/// An eigenvector's sign is arbitrary; its largest element is not negative here.
void fix_sign(float* row, std::size_t n);

}  // namespace ad
