#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "ad/run.h"
#include "ad/status.h"
#include "kernels/pca/kernels.h"

namespace ad {

/// Eigenvalues of a symmetric matrix, largest first, and the eigenvectors of the first `vectors.size() /
/// stride` of them as rows.
struct SymmetricEigen {
  std::vector<double> values;
  std::vector<double> vectors;
};

/// Eigen-decomposition of a symmetric matrix [n, stride], stride = n padded to whole lanes with zeros;
/// destroyed. Once the eigenvalues are known, `how_many` says of how many the vectors are wanted, or fails.
/// Householder tridiagonalisation and implicit QL (Golub and Van Loan, 8.3): backward stable, so that each
/// eigenvalue is off by no more than some n eps of the largest, and the vectors are orthonormal to that.
Status symmetric_eigen(
    const PcaKernels& kernels, double* matrix, std::size_t n, std::size_t stride,
    const std::function<Status(const std::vector<double>& values, std::size_t& count)>& how_many,
    SymmetricEigen& out, const Run& run);

}  // namespace ad
