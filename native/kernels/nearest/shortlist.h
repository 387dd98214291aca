#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "ad/matrix_view.h"
#include "kernels/nearest/top_k.h"

namespace ad::nearest {

/// Measures bank rows by the canonical squared distance.
struct Exact {
  MatrixView<const float> bank;
  float (*squared)(const float* a, const float* b, std::size_t n);

  Neighbour measure(const float* query, std::uint32_t row) const {
    return {squared(query, bank.row(row), bank.cols), row};
  }
};

/// What a scan knows about one query: its best k neighbours so far, and the rows whose score does not rule
/// them out. `Bound::threshold(limit)` is the certificate: no row whose canonical squared distance is <=
/// limit scores below it.
template <class Bound>
class Shortlist {
 public:
  using Score = typename Bound::Score;

  Shortlist(const Exact& exact, const float* query, const Bound& bound, std::size_t k)
      : exact_(exact), query_(query), bound_(bound), best_(k) {}

  /// A row that scores less needs no mention.
  Score threshold() const { return threshold_; }

  void note(Score score, std::uint32_t row) { fresh_.push_back({score, row}); }

  /// After each block of rows. Measures the rows that look better than all but k of those measured so far,
  /// because what they lower is the threshold of all later blocks; the rest waits for the lowest threshold.
  void settle() {
    if (fresh_.empty()) return;
    sort(fresh_);
    std::size_t next = 0;
    while (next < fresh_.size() && promising(fresh_[next].score)) measure(fresh_[next++]);
    threshold_ = bound_.threshold(best_.limit());
    for (; next < fresh_.size() && fresh_[next].score >= threshold_; ++next) waiting_.push_back(fresh_[next]);
    fresh_.clear();
    if (waiting_.size() > kMaxWaiting) finish();
  }

  /// Measures what still waits, best score first, until the threshold rules out the rest.
  void finish() {
    sort(waiting_);
    for (const Candidate& candidate : waiting_) {
      if (candidate.score < threshold_) break;
      const float limit = best_.limit();
      best_.offer(exact_.measure(query_, candidate.row));
      if (best_.limit() < limit) threshold_ = bound_.threshold(best_.limit());
    }
    waiting_.clear();
  }

  const TopK& best() const { return best_; }

 private:
  struct Candidate {
    Score score;
    std::uint32_t row;
  };

  // Bounds the memory where nothing can be ruled out: equal rows by the thousand.
  static constexpr std::size_t kMaxWaiting = 8192;

  static void sort(std::vector<Candidate>& candidates) {
    std::sort(candidates.begin(), candidates.end(),
              [](const Candidate& a, const Candidate& b) { return a.score > b.score; });
  }

  /// Whether the score is among the k best of those measured.
  bool promising(Score score) const { return !best_.full() || score > measured_.back(); }

  void measure(const Candidate& candidate) {
    best_.offer(exact_.measure(query_, candidate.row));
    measured_.insert(
        std::upper_bound(measured_.begin(), measured_.end(), candidate.score, std::greater<Score>()),
        candidate.score);
    if (measured_.size() > best_.capacity()) measured_.pop_back();
  }

  const Exact& exact_;
  const float* query_;
  Bound bound_;
  TopK best_;
  Score threshold_ = std::numeric_limits<Score>::lowest();
  std::vector<Score> measured_;
  std::vector<Candidate> fresh_;
  std::vector<Candidate> waiting_;
};

}  // namespace ad::nearest
