#pragma once

#include <cstddef>
#include <vector>

#include "ad/run.h"
#include "ad/status.h"
#include "kernels/pca/kernels.h"

namespace ad {

/// T = Q' A Q with Q = H_0 H_1 ..., H_j = I - factors[j] v_j v_j', v_j in row j of what was A.
struct Tridiagonal {
  std::vector<double> diagonal, below, factors;
};

/// Householder tridiagonalisation of a symmetric matrix [n, stride], in place. The update that step j leaves
/// to the trailing rows is made in the pass that multiplies them for step j + 1: each row is read once a
/// step.
Status tridiagonalise(const PcaKernels& kernels, double* matrix, std::size_t n, std::size_t stride,
                      Tridiagonal& out, const Run& run);

/// Takes rows, each an eigenvector of T, to eigenvectors of A.
Status apply_reflections(const PcaKernels& kernels, const double* reflections, const Tridiagonal& tridiagonal,
                         std::size_t stride, double* vectors, std::size_t count, const Run& run);

/// Eigenvalues of T into its diagonal, in no order, by implicit QL steps; the eigenvectors, as rows, into
/// blocks of kRotatedColumns columns: blocks[c / kRotatedColumns][row][c % kRotatedColumns].
Status ql_iteration(const PcaKernels& kernels, Tridiagonal& tridiagonal, std::vector<double>& blocks,
                    const Run& run);

}  // namespace ad
