#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace ad::nearest {

/// A bank row and its canonical squared distance from the query.
struct Neighbour {
  float squared;
  std::uint32_t row;

  /// The order of neighbours: by distance, ties by the lower row.
  friend bool operator<(const Neighbour& a, const Neighbour& b) {
    return a.squared < b.squared || (a.squared == b.squared && a.row < b.row);
  }
};

/// The best k neighbours seen so far, in order. Rows must be offered once each, in any order.
class TopK {
 public:
  explicit TopK(std::size_t k) : k_(k) { best_.reserve(k); }

  void offer(Neighbour neighbour) {
    if (full()) {
      if (!(neighbour < best_.back())) return;
      best_.pop_back();
    }
    std::size_t at = best_.size();
    best_.push_back(neighbour);
    for (; at > 0 && neighbour < best_[at - 1]; --at) best_[at] = best_[at - 1];
    best_[at] = neighbour;
  }

  std::size_t capacity() const { return k_; }
  bool full() const { return best_.size() == k_; }

  /// The largest squared distance that could still enter; infinite until there are k neighbours.
  float limit() const { return full() ? best_.back().squared : std::numeric_limits<float>::infinity(); }

  const std::vector<Neighbour>& sorted() const { return best_; }

 private:
  std::size_t k_;
  std::vector<Neighbour> best_;
};

}  // namespace ad::nearest
