#pragma once

#include <cstddef>

namespace ad {

/// Doubles that `factor_low_rank` needs.
constexpr std::size_t low_rank_scratch(std::size_t cols, std::size_t kept) {
  return (kept + 1) * cols;
}

/// The first `kept` columns of Cholesky's factor of packed / divisor + ridge I in their place, and behind
/// them, of each other row i, 1 / sqrt(S_ii - sum over j < kept of L_ij^2): the deviation that it has left
/// once the first columns are known. Answers cols, or the first column whose pivot is too small (see
/// pivot_floor), and then leaves the matrix as it was.
std::size_t factor_low_rank(float* packed, std::size_t cols, std::size_t kept, double divisor, double ridge,
                            double* scratch);

}  // namespace ad
