#include "kernels/nearest/head_scan.h"

#include <algorithm>
#include <array>
#include <functional>
#include <limits>

namespace ad::nearest {
namespace {

constexpr std::int32_t kLowest = std::numeric_limits<std::int32_t>::lowest();
constexpr std::int32_t kHighest = std::numeric_limits<std::int32_t>::max();
constexpr std::size_t kRows = kClusterRows;

/// A score that at least k of the given ones reach, and few more than k; `count` is a multiple of kRows.
std::int32_t reached_by(std::size_t k, const std::int32_t* scores, std::size_t count) {
  if (k == 1) return *std::max_element(scores, scores + count);
  if (k > kRows) return kLowest;
  std::array<std::int32_t, kRows> best;
  best.fill(kLowest);
  for (std::size_t i = 0; i < count; i += kRows) {
    for (std::size_t lane = 0; lane < kRows; ++lane) best[lane] = std::max(best[lane], scores[i + lane]);
  }
  std::nth_element(best.begin(), best.begin() + static_cast<std::ptrdiff_t>(k - 1), best.end(),
                   std::greater<std::int32_t>());
  return best[k - 1];
}

/// Calls visit(i) for each score in [lowest, highest]; `count` is a multiple of 16.
template <class Visit>
void each_within(const std::int32_t* scores, std::size_t count, std::int32_t lowest, std::int32_t highest,
                 const Visit& visit) {
  for (std::size_t first = 0; first < count; first += 16) {
    // Mostly none is, which a loop without a branch says fastest.
    int any = 0;
    for (std::size_t i = first; i < first + 16; ++i) any |= (scores[i] >= lowest) & (scores[i] <= highest);
    if (any == 0) continue;
    for (std::size_t i = first; i < first + 16; ++i) {
      if (scores[i] >= lowest && scores[i] <= highest) visit(i);
    }
  }
}

}  // namespace

HeadScan::HeadScan(const Head& head, Positions segment, std::size_t k)
    : head_(head),
      first_(segment.first / kRows),
      end_((segment.end + kRows - 1) / kRows),
      clusters_(end_ - first_),
      k_(k),
      width_(head.shape().queries),
      height_(head.shape().rows),
      thresholds_(width_),
      scores_(width_ * height_),
      lanes_(width_),
      centre_stride_(head.centres().count() * height_) {
  centre_scores_.resize(width_ * centre_stride_);
  margins_.resize(clusters_);
  seen_.resize(clusters_);
}

void HeadScan::scan(const std::int32_t* queries, std::vector<HeadShortlist>& shortlists) {
  queries_ = queries;
  std::fill(seen_.begin(), seen_.end(), 0);
  score_centres();
  seed(shortlists);
  // What is found in half of the reach makes it shorter.
  for (double share : {0.5, 1.0}) look_within(share, shortlists);
}

void HeadScan::score_centres() {
  std::fill(thresholds_.begin(), thresholds_.end(), kLowest);
  for (std::size_t panel = first_ / height_; panel * height_ < end_; ++panel) {
    head_.centres().score(panel, queries_, thresholds_.data(), scores_.data(), lanes_.data());
    for (std::size_t q = 0; q < width_; ++q) {
      std::copy_n(scores_.data() + q * height_, height_,
                  centre_scores_.data() + q * centre_stride_ + panel * height_);
    }
  }
}

/// The clusters whose centres are nearest to each query.
void HeadScan::choose_seeds(std::size_t queries) {
  const std::size_t each = std::min(1 + k_ / (kRows / 2), clusters_);
  seeds_.clear();
  for (std::size_t q = 0; q < queries; ++q) {
    std::int32_t* scores = centre_scores_.data() + q * centre_stride_ + first_;
    std::vector<std::pair<std::size_t, std::int32_t>> taken;
    for (std::size_t i = 0; i < each; ++i) {
      const auto best = static_cast<std::size_t>(std::max_element(scores, scores + clusters_) - scores);
      taken.emplace_back(best, scores[best]);
      scores[best] = kLowest;
      if (seen_[best]) continue;
      seen_[best] = 1;
      seeds_.push_back(best);
    }
    for (const auto& [cluster, score] : taken) scores[cluster] = score;
  }
}

void HeadScan::seed(std::vector<HeadShortlist>& shortlists) {
  choose_seeds(shortlists.size());
  const std::size_t count = seeds_.size() * kRows;
  seed_scores_.resize(width_ * count);
  for (std::size_t i = 0; i < seeds_.size(); ++i) {
    const std::size_t cluster = first_ + seeds_[i];
    for (std::size_t row = 0; row < kRows; row += height_) {
      const std::size_t panel = (cluster * kRows + row) / height_;
      if (panel < head_.rows().count())
        head_.rows().score(panel, queries_, thresholds_.data(), scores_.data(), lanes_.data());
      for (std::size_t q = 0; q < width_; ++q) {
        std::int32_t* out = seed_scores_.data() + q * count + i * kRows + row;
        const std::size_t valid = std::min(height_, rows_in(cluster) - std::min(row, rows_in(cluster)));
        std::copy_n(scores_.data() + q * height_, valid, out);
        std::fill_n(out + valid, height_ - valid, kLowest);
      }
    }
  }
  for (std::size_t q = 0; q < shortlists.size(); ++q) {
    const std::int32_t* scores = seed_scores_.data() + q * count;
    const auto note = [&](std::size_t i) {
      shortlists[q].note(scores[i],
                         static_cast<std::uint32_t>((first_ + seeds_[i / kRows]) * kRows + i % kRows));
    };
    const std::int32_t best = std::max(reached_by(k_, scores, count), kLowest + 1);
    each_within(scores, count, best, kHighest, note);
    shortlists[q].settle();
    each_within(scores, count, std::max(shortlists[q].threshold(), kLowest + 1), best - 1, note);
  }
}

/// Looks at the clusters that lie within this share of some query's reach.
void HeadScan::look_within(double share, std::vector<HeadShortlist>& shortlists) {
  // As for rows (HeadBound::threshold), with balls in their place: how far a score is above the lowest.
  std::fill(margins_.begin(), margins_.end(), -std::numeric_limits<double>::infinity());
  std::fill(thresholds_.begin(), thresholds_.end(), kHighest);
  for (std::size_t q = 0; q < shortlists.size(); ++q) {
    thresholds_[q] = shortlists[q].threshold();
    const double reach = share * shortlists[q].bound().reach(shortlists[q].limit());
    const double half_norm = shortlists[q].bound().squared_norm() / 2 - 1;
    const std::int32_t* scores = centre_scores_.data() + q * centre_stride_ + first_;
    const double* radii = head_.radii().data() + first_;
    for (std::size_t c = 0; c < clusters_; ++c) {
      const double within = reach + radii[c];
      const double margin = scores[c] + within * within / 2 - half_norm;
      margins_[c] = margin > margins_[c] ? margin : margins_[c];
    }
  }
  for (std::size_t c = 0; c < clusters_; ++c) {
    if (seen_[c] || margins_[c] < 0) continue;
    seen_[c] = 1;
    look(first_ + c, shortlists);
  }
  for (auto& shortlist : shortlists) shortlist.settle();
}

void HeadScan::look(std::size_t cluster, std::vector<HeadShortlist>& shortlists) {
  const std::size_t rows = rows_in(cluster);
  for (std::size_t row = 0; row < rows; row += height_) {
    const std::size_t place = cluster * kRows + row;
    unsigned hits =
        head_.rows().score(place / height_, queries_, thresholds_.data(), scores_.data(), lanes_.data());
    const std::uint64_t valid = ~std::uint64_t{0} >> (64 - std::min(height_, rows - row));
    for (; hits != 0; hits &= hits - 1) {
      const auto q = static_cast<std::size_t>(__builtin_ctz(hits));
      for (std::uint64_t bits = lanes_[q] & valid; bits != 0; bits &= bits - 1) {
        const auto lane = static_cast<std::size_t>(__builtin_ctzll(bits));
        shortlists[q].note(scores_[q * height_ + lane], static_cast<std::uint32_t>(place + lane));
      }
      if (!shortlists[q].busy()) continue;
      shortlists[q].settle();
      thresholds_[q] = shortlists[q].threshold();
    }
  }
}

std::size_t HeadScan::rows_in(std::size_t cluster) const {
  return std::min(kRows, head_.order().size() - cluster * kRows);
}

}  // namespace ad::nearest
