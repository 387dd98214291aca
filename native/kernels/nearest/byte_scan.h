#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "ad/run.h"
#include "kernels/nearest/byte_rows.h"
#include "kernels/nearest/cut.h"
#include "kernels/nearest/rounding.h"
#include "kernels/nearest/shortlist.h"
#include "kernels/nearest/top_k.h"

namespace ad::nearest {

/// What a scan in bytes knows about one query: its best k neighbours so far, and the rows that may be nearer.
class ByteShortlist {
 public:
  /// More undecided rows than `capacity` are given up. `limit`: a squared distance within which k rows are
  /// known to lie.
  ByteShortlist(const Exact& exact, const float* query, ByteRows::Query bytes, std::size_t k,
                std::size_t capacity, float limit)
      : exact_(&exact),
        query_(query),
        bytes_(std::move(bytes)),
        best_(k),
        capacity_(capacity),
        limit_(limit) {
    tighten();
  }

  void look(const ByteRows& rows, Positions range) {
    if (given_up_) return;
    for (std::size_t i = range.first; i < range.end; ++i) {
      const double least = rows.least_distance(bytes_, i, reach_);
      if (least <= reach_) near_.emplace_back(least, rows.row(i));
    }
  }

  /// Measures the k rows that look nearest, because what they lower is the reach of all later rows.
  void settle() {
    const std::size_t first = std::min(best_.capacity(), near_.size());
    const auto rest = near_.begin() + static_cast<std::ptrdiff_t>(first);
    std::partial_sort(near_.begin(), rest, near_.end());
    for (auto row = near_.begin(); row != rest && row->first <= reach_; ++row) measure(row->second);
    near_.erase(near_.begin(), rest);
    near_.erase(
        std::remove_if(near_.begin(), near_.end(), [&](const auto& row) { return row.first > reach_; }),
        near_.end());
    if (near_.size() <= capacity_) return;
    given_up_ = true;
    near_ = {};
  }

  /// Measures what still may be nearer, what looks nearest first.
  void finish() {
    std::sort(near_.begin(), near_.end());
    for (std::size_t i = 0; i < near_.size() && near_[i].first <= reach_; ++i) {
      if (i + 1 < near_.size()) exact_->prefetch(near_[i + 1].second);
      measure(near_[i].second);
    }
    near_ = {};
  }

  /// Whether too many rows were in question. Then best() is not the answer, but limit() holds.
  bool given_up() const { return given_up_; }
  float limit() const { return std::min(limit_, best_.limit()); }
  const TopK& best() const { return best_; }

 private:
  void measure(std::uint32_t row) {
    best_.offer(exact_->measure(query_, row));
    tighten();
  }

  void tighten() { reach_ = largest_distance(limit(), static_cast<double>(exact_->bank.cols)); }

  const Exact* exact_;
  const float* query_;
  ByteRows::Query bytes_;
  TopK best_;
  std::size_t capacity_;
  float limit_;
  /// No row that is farther belongs to the answer.
  double reach_;
  bool given_up_ = false;
  /// Least distance and row.
  std::vector<std::pair<double, std::uint32_t>> near_;
};

/// Looks at every row of a segment in bytes, for each of the shortlists. They settle after blocks that
/// double, as in a scan of the head.
inline void scan_bytes(const ByteRows& rows, Positions segment, std::vector<ByteShortlist>& shortlists,
                       const Run& run) {
  // Rows that stay in the first-level cache or close to it while all queries look at them.
  constexpr std::size_t kTileRows = 64;
  constexpr std::size_t kFirstBlockRows = 64, kMaxBlockRows = 4096;
  std::size_t block = kFirstBlockRows;
  for (std::size_t begin = segment.first; begin < segment.end;) {
    const std::size_t end = std::min(begin + block, segment.end);
    for (std::size_t tile = begin; tile < end; tile += kTileRows) {
      if (run.cancelled()) return;
      for (auto& shortlist : shortlists) shortlist.look(rows, {tile, std::min(tile + kTileRows, end)});
    }
    for (auto& shortlist : shortlists) shortlist.settle();
    begin = end;
    block = std::min(2 * block, kMaxBlockRows);
  }
}

}  // namespace ad::nearest
