#pragma once

#include <cstddef>
#include <vector>

#include "ad/matrix_view.h"
#include "ad/run.h"
#include "ad/status.h"
#include "kernels/nearest/kernels.h"

namespace ad::nearest {

/// Makes `count` rows of n floats orthonormal, in order (modified Gram-Schmidt, twice). Rows that depend on
/// those before them, up to rounding, become rows that do not.
void orthonormalise(const NearestKernels& kernels, float* rows, std::size_t count, std::size_t n);

/// Frobenius norm of rows rows' - I: how far `count` rows of n floats are from orthonormal.
double orthonormality_defect(const NearestKernels& kernels, const float* rows, std::size_t count,
                             std::size_t n);

/// About the `count` first principal axes of centred samples, [count][samples.cols] orthonormal, most
/// variance first. Three steps of orthogonal iteration: the leading j axes span, for every j, nearly all that
/// the best j would.
Status principal_axes(const NearestKernels& kernels, MatrixView<const float> samples, std::size_t count,
                      std::vector<float>& axes, const Run& run);

/// Turns the axes among themselves by a random rotation, so that each coordinate carries about as much as any
/// other.
std::vector<float> mixed(const NearestKernels& kernels, const float* axes, std::size_t count,
                         std::size_t cols);

}  // namespace ad::nearest
