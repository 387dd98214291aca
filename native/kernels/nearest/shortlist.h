#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <limits>
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

  void prefetch(std::uint32_t row) const {
    constexpr std::size_t kFloatsPerLine = 16;
    for (std::size_t c = 0; c < bank.cols; c += kFloatsPerLine) __builtin_prefetch(bank.row(row) + c);
  }
};

/// What a scan knows about one query: its best k neighbours so far, and the rows whose score does not rule
/// them out. `Bound::threshold(limit)` is the certificate: no row whose canonical squared distance is <=
/// limit scores below it.
template <class Bound>
class Shortlist {
 public:
  using Score = typename Bound::Score;

  /// A settled shortlist of more rows than `capacity` is given up: another way is faster.
  /// `limit`: a squared distance within which k rows are known to lie.
  Shortlist(const Exact& exact, const float* query, const Bound& bound, std::size_t k, std::size_t capacity,
            float limit)
      : exact_(&exact), query_(query), bound_(bound), best_(k), capacity_(capacity), limit_(limit) {
    threshold_ = bound_.threshold(limit_);
  }

  /// A row that scores less needs no mention.
  Score threshold() const { return threshold_; }

  void note(Score score, std::uint32_t row) { fresh_.push_back({score, row}); }

  /// After each block of rows. Measures the rows that look better than all but k of those measured so far,
  /// because what they lower is the threshold of all later blocks; the rest waits for the lowest threshold.
  void settle() {
    if (fresh_.empty()) return;
    const auto heap =
        std::partition(fresh_.begin(), fresh_.end(), [&](const Candidate& c) { return promising(c.score); });
    std::make_heap(fresh_.begin(), heap, worse);
    auto end = heap;
    while (end != fresh_.begin() && promising(fresh_.front().score)) {
      std::pop_heap(fresh_.begin(), end, worse);
      --end;
      if (end != fresh_.begin()) exact_->prefetch(fresh_.front().row);
      measure(*end);
    }
    tighten();
    if (!given_up_) {
      const auto keep = [&](auto first, auto last) {
        std::copy_if(first, last, std::back_inserter(waiting_),
                     [&](const Candidate& c) { return may_enter(c); });
      };
      keep(fresh_.begin(), end);
      keep(heap, fresh_.end());
      if (waiting_.size() > capacity_) compact();
    }
    fresh_.clear();
  }

  /// Measures what still waits, best score first, until the threshold rules out the rest.
  void finish() {
    drop_ruled_out();
    std::sort(waiting_.begin(), waiting_.end(),
              [](const Candidate& a, const Candidate& b) { return worse(b, a); });
    for (std::size_t i = 0; i < waiting_.size() && may_enter(waiting_[i]); ++i) {
      if (i + 1 < waiting_.size()) exact_->prefetch(waiting_[i + 1].row);
      best_.offer(exact_->measure(query_, waiting_[i].row));
      tighten();
    }
    waiting_.clear();
  }

  /// Whether too many rows were in question. Then best() is not the answer, but limit() holds: it is that of
  /// the k rows that looked best in the whole scan.
  bool given_up() const { return given_up_; }

  float limit() const { return std::min(limit_, best_.limit()); }
  const TopK& best() const { return best_; }

 private:
  struct Candidate {
    Score score;
    std::uint32_t row;
  };

  static bool worse(const Candidate& a, const Candidate& b) { return a.score < b.score; }

  bool may_enter(const Candidate& candidate) const { return candidate.score >= threshold_; }

  void drop_ruled_out() {
    const auto ruled_out = [&](const Candidate& candidate) { return !may_enter(candidate); };
    waiting_.erase(std::remove_if(waiting_.begin(), waiting_.end(), ruled_out), waiting_.end());
  }

  /// Whether the score is among the k best of those measured.
  bool promising(Score score) const { return !best_.full() || score > measured_.back(); }

  void measure(const Candidate& candidate) {
    best_.offer(exact_->measure(query_, candidate.row));
    measured_.insert(
        std::upper_bound(measured_.begin(), measured_.end(), candidate.score, std::greater<Score>()),
        candidate.score);
    if (measured_.size() > best_.capacity()) measured_.pop_back();
  }

  void tighten() {
    limit_ = limit();
    // Once given up, only what lowers the limit of a later scan is worth a look.
    threshold_ = given_up_ ? measured_.back() : bound_.threshold(limit_);
  }

  void compact() {
    drop_ruled_out();
    if (waiting_.size() <= capacity_) return;
    given_up_ = true;
    waiting_ = {};
    tighten();
  }

  const Exact* exact_;
  const float* query_;
  Bound bound_;
  TopK best_;
  std::size_t capacity_;
  float limit_;
  Score threshold_;
  bool given_up_ = false;
  /// The k best scores among measured rows, best first.
  std::vector<Score> measured_;
  std::vector<Candidate> fresh_;
  std::vector<Candidate> waiting_;
};

}  // namespace ad::nearest
