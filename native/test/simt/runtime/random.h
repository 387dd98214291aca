#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace simt {

/// Seeded choices; seed 0 never chooses: no coin falls on true, nothing is shuffled.
class Random {
 public:
  explicit Random(std::uint64_t seed = 0, std::uint64_t stream = 0)
      : on_(seed != 0), state_(seed * 0x9e3779b97f4a7c15u + stream * 0xd1342543de82ef95u) {}

  bool coin(unsigned one_in) { return on_ && below(one_in) == 0; }

  template <class T>
  void shuffle(std::vector<T>& values) {
    if (!on_) return;
    for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[below(i)]);
  }

  /// Uniform enough in [0, n).
  std::size_t below(std::size_t n) {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return static_cast<std::size_t>((z ^ (z >> 31)) % n);
  }

  bool on() const { return on_; }

 private:
  bool on_;
  std::uint64_t state_;
};

}  // namespace simt
