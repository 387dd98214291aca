#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <vector>

#include "ad/run.h"
#include "kernels/nearest/cut.h"
#include "kernels/nearest/shortlist.h"

namespace ad::nearest {

/// Scores every row of a segment against the queries of the shortlists and lets the shortlists settle, in
/// blocks that double: the first few rows give each query a first limit, and few rows of a later block are
/// still in question. To finish the shortlists is the caller's.
///
/// `Scanner` gives the scores: its `Bound`, tile_queries(), panel_rows(), rows_in(panel), row(panel, lane),
/// load(panel) once per panel, and score(tile, thresholds, scores, lanes), which scores the loaded panel for
/// a tile of queries and answers which of them have a score at or above their threshold.
template <class Scanner>
void scan(Scanner& scanner, Positions segment, std::vector<Shortlist<typename Scanner::Bound>>& shortlists,
          const Run& run) {
  using Score = typename Scanner::Bound::Score;
  constexpr std::size_t kFirstBlockRows = 64;
  constexpr std::size_t kMaxBlockRows = 4096;
  const std::size_t width = scanner.tile_queries(), height = scanner.panel_rows();
  const std::size_t tiles = (shortlists.size() + width - 1) / width;

  // A tile is filled up with queries that nothing reaches.
  std::vector<Score> thresholds(tiles * width, std::numeric_limits<Score>::max());
  std::vector<Score> scores(width * height);
  std::vector<std::uint64_t> lanes(width);
  const auto refresh = [&] {
    for (std::size_t q = 0; q < shortlists.size(); ++q) thresholds[q] = shortlists[q].threshold();
  };
  refresh();

  std::size_t block = (kFirstBlockRows + height - 1) / height;
  const std::size_t last = (segment.end + height - 1) / height;
  for (std::size_t begin = segment.first / height; begin < last;) {
    const std::size_t end = std::min(begin + block, last);
    for (std::size_t panel = begin; panel < end; ++panel) {
      if (run.cancelled()) return;
      scanner.load(panel);
      const std::uint64_t valid = ~std::uint64_t{0} >> (64 - scanner.rows_in(panel));
      for (std::size_t tile = 0; tile < tiles; ++tile) {
        unsigned hits = scanner.score(tile, thresholds.data() + tile * width, scores.data(), lanes.data());
        for (; hits != 0; hits &= hits - 1) {
          const auto q = static_cast<std::size_t>(__builtin_ctz(hits));
          for (std::uint64_t bits = lanes[q] & valid; bits != 0; bits &= bits - 1) {
            const auto lane = static_cast<std::size_t>(__builtin_ctzll(bits));
            shortlists[tile * width + q].note(scores[q * height + lane], scanner.row(panel, lane));
          }
        }
      }
    }
    for (auto& shortlist : shortlists) shortlist.settle();
    refresh();
    begin = end;
    block = std::min(2 * block, (kMaxBlockRows + height - 1) / height);
  }
}

}  // namespace ad::nearest
