#pragma once

#include <cstddef>
#include <cstdint>

#include "cpu/level.h"
#include "kernels/nearest/grid.h"

namespace ad {

/// How many queries meet how many rows at once.
struct TileShape {
  std::size_t queries;
  std::size_t rows;
};

/// Rows of the head that lie together, neighbours of each other: whole panels on every level.
constexpr std::size_t kClusterRows = 64;

/// The vector code of the room, one instance per level.
struct NearestKernels {
  /// out[i] = a[i] - b[i]
  void (*subtract)(const float* a, const float* b, std::size_t n, float* out);

  /// Sum of a[i] * b[i], in double precision; not finite where an element is not.
  double (*dot)(const float* a, const float* b, std::size_t n);

  /// y[i] += scale * x[i]
  void (*add_scaled)(float scale, const float* x, std::size_t n, float* y);

  /// scores[q * rows + r] = dot(query q, row r) - half_norms[r], over packed `panel[cols][rows]` and
  /// `queries[cols][queries]`. Bit r of lanes[q]: that score is >= thresholds[q]; bit q of the answer:
  /// lanes[q] != 0.
  TileShape dense;
  unsigned (*dense_tile)(const float* panel, const float* queries, std::size_t cols, const float* half_norms,
                         const float* thresholds, float* scores, std::uint64_t* lanes);

  /// The same over words of grid cells: `panel[words][rows]`, `queries[words][queries]`. Only the scores and
  /// the lanes of queries whose bit is set are written.
  Grid grid;
  TileShape head;
  unsigned (*head_tile)(const std::int32_t* panel, const std::int32_t* queries, std::size_t words,
                        const std::int32_t* half_norms, const std::int32_t* thresholds, std::int32_t* scores,
                        std::uint64_t* lanes);

  /// The largest |x[i]|.
  float (*largest)(const float* x, std::size_t n);

  /// cells[i] = x[i] * inverse to the nearest integer, of magnitude <= 127; answers the sum of what that
  /// rounded away, squared.
  float (*round_to_bytes)(const float* x, float inverse, std::size_t n, std::int8_t* cells);

  /// Sum of query[i] * row[i], exact for n <= 2^16. The query's cells have query_offset(grid) added: without
  /// one they are signed, of magnitude <= 127.
  std::int32_t (*dot_bytes)(const std::uint8_t* query, const std::int8_t* row, std::size_t n);
};

extern const LevelTable<NearestKernels> kNearest;

}  // namespace ad
