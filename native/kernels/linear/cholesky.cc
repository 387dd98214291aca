#include "kernels/linear/cholesky.h"

#include <cmath>

namespace ad {
namespace {

constexpr double kDependent = 1e-12;

double dot(const double* a, const double* b, std::size_t n) {
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += a[i] * b[i];
  return sum;
}

}  // namespace

std::size_t cholesky(std::vector<double>& matrix, std::size_t n) {
  std::size_t rank = 0;
  for (std::size_t j = 0; j < n; ++j) {
    double* const pivot_row = matrix.data() + j * n;
    const double diagonal = pivot_row[j];
    const double pivot = diagonal - dot(pivot_row, pivot_row, j);
    const bool independent = pivot > kDependent * diagonal;
    pivot_row[j] = independent ? std::sqrt(pivot) : 0;
    rank += independent ? 1 : 0;
    for (std::size_t i = j + 1; i < n; ++i) {
      double* const row = matrix.data() + i * n;
      row[j] = independent ? (row[j] - dot(row, pivot_row, j)) / pivot_row[j] : 0;
    }
    for (std::size_t i = j + 1; i < n; ++i) pivot_row[i] = 0;
  }
  return rank;
}

std::vector<double> inverse_of_lower(const std::vector<double>& lower, std::size_t n) {
  std::vector<double> inverse(n * n);
  for (std::size_t i = 0; i < n; ++i) {
    double* const row = inverse.data() + i * n;
    for (std::size_t k = 0; k < i; ++k) {
      for (std::size_t j = 0; j <= k; ++j) row[j] -= lower[i * n + k] * inverse[k * n + j];
    }
    row[i] = 1;
    for (std::size_t j = 0; j <= i; ++j) row[j] /= lower[i * n + i];
  }
  return inverse;
}

}  // namespace ad
