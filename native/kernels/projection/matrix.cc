#include "kernels/projection/matrix.h"

#include <cmath>

namespace ad {
namespace {

/// SplitMix64's output function: every place of the matrix has a number of its own, whoever asks and in which
/// order.
double uniform_at(std::uint64_t seed, std::uint64_t place) {
  std::uint64_t z = seed + (place + 1) * 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return static_cast<double>((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

}  // namespace

SignedColumns draw_signed_columns(std::size_t components, std::size_t cols, double density,
                                  std::uint64_t seed) {
  SignedColumns out;
  std::vector<std::uint32_t> minus;
  for (std::size_t j = 0; j < components; ++j) {
    out.offsets.push_back(static_cast<std::uint32_t>(out.columns.size()));
    minus.clear();
    for (std::size_t i = 0; i < cols; ++i) {
      const double u = uniform_at(seed, j * cols + i);
      if (u < density / 2) {
        out.columns.push_back(static_cast<std::uint32_t>(i));
      } else if (u < density) {
        minus.push_back(static_cast<std::uint32_t>(i));
      }
    }
    out.offsets.push_back(static_cast<std::uint32_t>(out.columns.size()));
    out.columns.insert(out.columns.end(), minus.begin(), minus.end());
  }
  out.offsets.push_back(static_cast<std::uint32_t>(out.columns.size()));
  return out;
}

float projection_scale(std::size_t components, double density) {
  return static_cast<float>(std::sqrt(1 / density / static_cast<double>(components)));
}

}  // namespace ad
