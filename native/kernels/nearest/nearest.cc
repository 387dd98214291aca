#include "kernels/nearest/nearest.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "cpu/parallel.h"
#include "kernels/nearest/finite.h"
#include "kernels/nearest/search_task.h"

namespace ad {
namespace {

using namespace nearest;

/// How a search is cut: into chunks of queries, and where those are fewer than threads, segments of the bank
/// too.
struct Cut {
  // Enough queries to pay for packing a panel, few enough for the second-level cache.
  static constexpr std::size_t kMinChunk = 24, kMaxChunk = 256;
  // Below this many rows a segment's own beginning, when nothing is ruled out yet, weighs too much.
  static constexpr std::size_t kMinSegment = 4096;

  std::size_t queries, rows, chunks, segments;

  Cut(std::size_t queries, std::size_t rows, int threads) : queries(queries), rows(rows) {
    const auto workers = static_cast<std::size_t>(std::max(threads, 1));
    const std::size_t rounds = (queries + workers * kMaxChunk - 1) / (workers * kMaxChunk);
    chunks = std::min(workers * rounds, (queries + kMinChunk - 1) / kMinChunk);
    segments = chunks == 0 ? 1 : std::clamp<std::size_t>(workers / chunks, 1, 1 + rows / kMinSegment);
  }

  std::size_t first_query(std::size_t chunk) const { return queries * chunk / chunks; }

  Positions segment(std::size_t i) const {
    const auto border = [&](std::size_t s) {
      return s == segments ? rows : rows * s / segments / kSegmentStep * kSegmentStep;
    };
    return {border(i), border(i + 1)};
  }
};

}  // namespace

Status NearestIndex::build(MatrixView<const float> bank, std::unique_ptr<NearestIndex>& out, const Run& run) {
  return guarded([&]() -> Status {
    if (bank.rows > UINT32_MAX)
      return Status::invalid("the bank has more rows than a 32-bit index can name.");
    std::unique_ptr<NearestIndex> index(new NearestIndex);
    Status status = centre(bank, index->bank_, run.stage(0, 0.1));
    if (!status.ok()) return status;
    status = Head::build(index->bank_, index->head_, run.stage(0.1, 1));
    if (status.ok()) out = std::move(index);
    return status;
  });
}

Status NearestIndex::search(MatrixView<const float> queries, std::size_t k, std::uint32_t* indices,
                            float* distances, const Run& run) const {
  return guarded([&]() -> Status {
    if (k < 1 || k > rows()) {
      return Status::invalid("k is " + std::to_string(k) + "; expected 1 to the bank's " +
                             std::to_string(rows()) + " rows.");
    }
    if (queries.cols != cols()) {
      return Status::invalid("queries have " + std::to_string(queries.cols) +
                             " columns; expected the bank's " + std::to_string(cols()) + ".");
    }
    const Cut cut(queries.rows, rows(), run.threads);
    std::vector<std::vector<TopK>> found(cut.chunks * cut.segments);
    NotFinite not_finite;
    const Status status = parallel_for(run, found.size(), [&](std::size_t i, int) {
      const std::size_t chunk = i / cut.segments;
      const SearchTask task{queries, cut.first_query(chunk), cut.first_query(chunk + 1),
                            cut.segment(i % cut.segments), k};
      found[i] = nearest::search(bank_, head_.get(), task, not_finite, run);
    });
    if (!status.ok()) return status;
    if (not_finite.any()) return not_finite.status("queries", queries);

    for (std::size_t chunk = 0; chunk < cut.chunks; ++chunk) {
      for (std::size_t q = cut.first_query(chunk); q < cut.first_query(chunk + 1); ++q) {
        TopK best(k);
        for (std::size_t s = 0; s < cut.segments; ++s) {
          const auto& part = found[chunk * cut.segments + s][q - cut.first_query(chunk)];
          for (const Neighbour& neighbour : part.sorted()) best.offer(neighbour);
        }
        for (std::size_t j = 0; j < k; ++j) {
          indices[q * k + j] = best.sorted()[j].row;
          distances[q * k + j] = std::sqrt(best.sorted()[j].squared);
        }
      }
    }
    return {};
  });
}

}  // namespace ad
