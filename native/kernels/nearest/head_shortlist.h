#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <utility>
#include <vector>

#include "kernels/nearest/byte_rows.h"
#include "kernels/nearest/head.h"
#include "kernels/nearest/rounding.h"
#include "kernels/nearest/shortlist.h"
#include "kernels/nearest/top_k.h"

namespace ad::nearest {

/// What a scan of the head knows about one query: its best k neighbours so far, and the rows whose score does
/// not rule them out. Most of those their bytes rule out; the rest is measured.
class HeadShortlist {
 public:
  /// More than `capacity` rows in question are given up: another way is faster.
  /// `limit`: a squared distance within which k rows are known to lie.
  HeadShortlist(const Exact& exact, const ByteRows& bytes, const float* query, ByteRows::Query query_bytes,
                const HeadBound& bound, std::size_t k, std::size_t capacity, float limit)
      : exact_(&exact),
        bytes_(&bytes),
        query_(query),
        query_bytes_(std::move(query_bytes)),
        bound_(bound),
        best_(k),
        capacity_(capacity),
        limit_(limit) {
    tighten();
  }

  const HeadBound& bound() const { return bound_; }

  /// A row that scores less needs no mention.
  std::int32_t threshold() const { return threshold_; }

  void note(std::int32_t score, std::uint32_t place) { fresh_.push_back({score, place}); }

  /// Whether enough rows were noted for settling to pay at once.
  bool busy() const { return fresh_.size() >= kBusy; }

  /// Measures those fresh rows that score better than all but k of those measured so far: what they lower is
  /// the threshold for all that follow. The rest waits for the lowest threshold.
  void settle() {
    if (fresh_.empty()) return;
    const auto rest =
        std::partition(fresh_.begin(), fresh_.end(), [&](const Candidate& c) { return promising(c.score); });
    std::sort(fresh_.begin(), rest, [](const Candidate& a, const Candidate& b) { return a.score > b.score; });
    auto next = fresh_.begin();
    for (; next != rest && promising(next->score); ++next) {
      if (next + 1 != rest) exact_->prefetch(bytes_->row((next + 1)->place));
      best_.offer(exact_->measure(query_, bytes_->row(next->place)));
      remember(next->score);
    }
    tighten();
    if (!given_up_) {
      std::copy_if(next, fresh_.end(), std::back_inserter(waiting_),
                   [&](const Candidate& c) { return c.score >= threshold_; });
      if (waiting_.size() > capacity_) compact();
    }
    fresh_.clear();
  }

  /// Looks at the bytes of what still waits, and measures what these do not rule out, what looks nearest
  /// first.
  void finish() {
    drop_ruled_out();
    std::vector<std::pair<double, std::uint32_t>> near;
    const double reach = this->reach();
    for (std::size_t i = 0; i < waiting_.size(); ++i) {
      if (i + kRowsAhead < waiting_.size()) bytes_->prefetch(waiting_[i + kRowsAhead].place);
      const double least = bytes_->least_distance(query_bytes_, waiting_[i].place, reach);
      if (least <= reach) near.emplace_back(least, waiting_[i].place);
    }
    std::sort(near.begin(), near.end());
    for (std::size_t i = 0; i < near.size() && near[i].first <= this->reach(); ++i) {
      if (i + 1 < near.size()) exact_->prefetch(bytes_->row(near[i + 1].second));
      best_.offer(exact_->measure(query_, bytes_->row(near[i].second)));
      limit_ = limit();
    }
  }

  /// Whether too many rows were in question. Then best() is not the answer, but limit() holds.
  bool given_up() const { return given_up_; }

  float limit() const { return std::min(limit_, best_.limit()); }
  const TopK& best() const { return best_; }

 private:
  struct Candidate {
    std::int32_t score;
    std::uint32_t place;
  };

  // Rows of bytes fetched ahead of the one looked at.
  static constexpr std::size_t kRowsAhead = 4;
  static constexpr std::size_t kBusy = 256;

  /// No row that is farther belongs to the answer.
  double reach() const { return largest_distance(limit_, static_cast<double>(exact_->bank.cols)); }

  /// Whether the score is among the k best of those measured.
  bool promising(std::int32_t score) const { return !best_.full() || score > measured_.back(); }

  void remember(std::int32_t score) {
    measured_.insert(
        std::upper_bound(measured_.begin(), measured_.end(), score, std::greater<std::int32_t>()), score);
    if (measured_.size() > best_.capacity()) measured_.pop_back();
  }

  void tighten() {
    limit_ = limit();
    // Once given up, only what lowers the limit of a later scan is worth a look.
    threshold_ = given_up_ ? measured_.back() : bound_.threshold(limit_);
  }

  void drop_ruled_out() {
    const auto ruled_out = [&](const Candidate& candidate) { return candidate.score < threshold_; };
    waiting_.erase(std::remove_if(waiting_.begin(), waiting_.end(), ruled_out), waiting_.end());
  }

  void compact() {
    drop_ruled_out();
    if (waiting_.size() <= capacity_) return;
    given_up_ = true;
    waiting_ = {};
    tighten();
  }

  const Exact* exact_;
  const ByteRows* bytes_;
  const float* query_;
  ByteRows::Query query_bytes_;
  HeadBound bound_;
  TopK best_;
  std::size_t capacity_;
  float limit_;
  std::int32_t threshold_;
  bool given_up_ = false;
  std::vector<Candidate> fresh_;
  std::vector<Candidate> waiting_;
  /// The k best scores among measured rows, best first.
  std::vector<std::int32_t> measured_;
};

}  // namespace ad::nearest
