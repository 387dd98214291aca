#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels/nearest/cut.h"
#include "kernels/nearest/head.h"
#include "kernels/nearest/head_shortlist.h"

namespace ad::nearest {

/// Scores the rows of a segment against a tile of queries and lets their shortlists settle. The rows nearest
/// by first sight give each query a limit; then only those clusters are looked at whose bounding ball some
/// query of the tile can reach. To finish the shortlists is the caller's.
class HeadScan {
 public:
  /// `segment` begins at a multiple of kClusterRows.
  HeadScan(const Head& head, Positions segment, std::size_t k);

  /// `queries` are a tile's packed words, `shortlists` those of its queries, at most as many as a tile holds.
  void scan(const std::int32_t* queries, std::vector<HeadShortlist>& shortlists);

 private:
  void score_centres();
  void seed(std::vector<HeadShortlist>& shortlists);
  void choose_seeds(std::size_t queries);
  void look_within(double share, std::vector<HeadShortlist>& shortlists);
  void look(std::size_t cluster, std::vector<HeadShortlist>& shortlists);
  std::size_t rows_in(std::size_t cluster) const;

  const Head& head_;
  const std::size_t first_, end_, clusters_, k_;
  const std::size_t width_, height_;
  const std::int32_t* queries_ = nullptr;
  /// What head_tile reads and writes.
  std::vector<std::int32_t> thresholds_, scores_;
  std::vector<std::uint64_t> lanes_;
  /// [query][cluster]
  std::vector<std::int32_t> centre_scores_;
  std::size_t centre_stride_;
  /// Clusters that the seeds come from, and those rows' scores, [query][row].
  std::vector<std::size_t> seeds_;
  std::vector<std::int32_t> seed_scores_;
  std::vector<double> margins_;
  std::vector<char> seen_;
};

}  // namespace ad::nearest
