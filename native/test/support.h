#pragma once

#include <cstdint>
#include <vector>

#include "ad/run.h"
#include "cpu/level.h"

namespace ad::test {

/// Sizes around every register width and tile edge.
constexpr std::size_t kAwkward[] = {1, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 64};

/// Every level that can run here, scalar first.
inline std::vector<Level> levels() {
  return supported_levels();
}

/// Seeded numbers, the same on every platform (std distributions are not).
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t bits() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  /// Uniform in [0, 1).
  double unit() { return static_cast<double>(bits() >> 11) * 0x1p-53; }
  float between(double low, double high) { return static_cast<float>(low + (high - low) * unit()); }
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(bits() % n); }

  std::vector<float> floats(std::size_t n, double low = -1, double high = 1) {
    std::vector<float> out(n);
    for (float& x : out) x = between(low, high);
    return out;
  }

 private:
  std::uint64_t state_;
};

inline Run with_threads(int threads) {
  return Run{threads, nullptr, {}};
}

}  // namespace ad::test
