#pragma once

#include <cstddef>
#include <cstdint>

#include "cpu/level.h"

namespace ad {

/// The vector code of the room, one instance per level.
struct NearestKernels {
  /// The shape of a dense tile.
  std::size_t tile_queries;
  std::size_t panel_rows;

  /// out[i] = a[i] - b[i]
  void (*subtract)(const float* a, const float* b, std::size_t n, float* out);

  /// Sum of a[i]^2 in double precision; not finite where an element is not.
  double (*squared_norm)(const float* a, std::size_t n);

  /// scores[q * panel_rows + r] = dot(query q, row r) - half_norms[r], over packed `panel[cols][panel_rows]`
  /// and `queries[cols][tile_queries]`. Bit q of the answer: some score of query q is >= thresholds[q].
  unsigned (*dense_tile)(const float* panel, const float* queries, std::size_t cols, const float* half_norms,
                         const float* thresholds, float* scores);
};

extern const LevelTable<NearestKernels> kNearest;

}  // namespace ad
