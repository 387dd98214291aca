#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "ad/matrix_view.h"
#include "ad/run.h"
#include "ad/status.h"

namespace ad {

/// Rows in the order chosen, and the largest Euclidean distance of any row to them.
struct Coreset {
  std::vector<std::uint32_t> rows;
  float radius = 0;
};

/// Greedy k-centre (Gonzalez 1985): `start`, then again and again the row farthest from the chosen ones by
/// canonical squared distance, ties to the lowest row; rows are distinct even where all distances are 0.
/// Needs 1 <= count <= points.rows and start < points.rows. not_finite names the first bad row.
Status greedy_coreset(MatrixView<const float> points, std::size_t count, std::size_t start, Coreset& out,
                      const Run& run);

/// Bytes that greedy_coreset holds beside its input.
std::size_t coreset_scratch_bytes(std::size_t rows, std::size_t cols, std::size_t count);

}  // namespace ad
