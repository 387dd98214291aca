#pragma once

#include <algorithm>
#include <cstddef>

namespace ad::nearest {

/// A range of the scan order.
struct Positions {
  std::size_t first;
  std::size_t end;
};

/// How a scan is cut into tasks: into chunks of queries, and where those are fewer than threads, into
/// segments of the bank as well.
struct Cut {
  // Enough queries to pay for loading a panel.
  static constexpr std::size_t kMinChunk = 24;
  // In a shorter segment its own beginning, when nothing is ruled out yet, weighs too much.
  static constexpr std::size_t kMinSegment = 4096;
  // Segments begin at multiples of every level's panel height.
  static constexpr std::size_t kSegmentStep = 192;

  std::size_t queries, rows, chunks, segments;

  Cut(std::size_t queries, std::size_t rows, std::size_t max_chunk, int threads)
      : queries(queries), rows(rows) {
    const auto workers = static_cast<std::size_t>(std::max(threads, 1));
    const std::size_t rounds = (queries + workers * max_chunk - 1) / (workers * max_chunk);
    chunks = std::min(workers * rounds, (queries + kMinChunk - 1) / kMinChunk);
    segments = chunks == 0 ? 1 : std::clamp<std::size_t>(workers / chunks, 1, 1 + rows / kMinSegment);
  }

  std::size_t tasks() const { return chunks * segments; }
  /// Chunks begin at multiples of kMinChunk: whole tiles on every level.
  std::size_t first_query(std::size_t chunk) const {
    const std::size_t units = (queries + kMinChunk - 1) / kMinChunk;
    return std::min(queries, units * chunk / chunks * kMinChunk);
  }
  Positions segment(std::size_t i) const { return {border(i), border(i + 1)}; }

 private:
  std::size_t border(std::size_t i) const {
    return i == segments ? rows : rows * i / segments / kSegmentStep * kSegmentStep;
  }
};

}  // namespace ad::nearest
