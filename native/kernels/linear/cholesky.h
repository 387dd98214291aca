#pragma once

#include <cstddef>
#include <vector>

namespace ad {

/// Factor of a symmetric positive semi-definite matrix [n, n], in place: the lower triangle becomes C with
/// C C' = S, the upper one zero. A column that depends on those before it (its pivot is below 1e-12 of its
/// diagonal element) becomes zero. Returns the rank: how many columns do not.
std::size_t cholesky(std::vector<double>& matrix, std::size_t n);

/// Inverse of a lower triangular matrix of full rank, again lower triangular.
std::vector<double> inverse_of_lower(const std::vector<double>& lower, std::size_t n);

}  // namespace ad
