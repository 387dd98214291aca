#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "ad/run.h"
#include "ad/status.h"
#include "kernels/nearest/centred_bank.h"
#include "kernels/nearest/kernels.h"

namespace ad::nearest {

/// What is known of a row x that is written as scale * cells, with cells in [-127, 127].
struct ByteRow {
  float scale;
  /// Bounds |x - scale * cells|, x being the row centred without rounding. Rounded up.
  float error;
  /// Sum of the cells, and of their squares.
  std::int32_t sum;
  std::int32_t squares;
};

/// All columns of a bank's rows in one byte each: a quarter of the memory traffic of a measured row, and
/// enough to tell for most rows that a head leaves undecided that they are too far away.
class ByteRows {
 public:
  /// Null where a row has more columns than the sums of products have room for.
  static Status build(const CentredBank& bank, std::unique_ptr<const ByteRows>& out, const Run& run);

  struct Query {
    /// Unsigned: 128 is added to each cell.
    std::vector<std::uint8_t> cells;
    ByteRow row;
  };
  /// `centred` has the norm `norm`.
  Query prepare(const float* centred, double norm) const;

  /// At most the true distance of the query and a bank row (README.md).
  double least_distance(const Query& query, std::uint32_t row) const;

  void prefetch(std::uint32_t row) const;

 private:
  ByteRows(const NearestKernels& kernels, std::size_t rows, std::size_t cols)
      : kernels_(kernels), cols_(cols), cells_(rows * cols), rows_(rows) {}

  const NearestKernels& kernels_;
  const std::size_t cols_;
  std::vector<std::int8_t> cells_;
  std::vector<ByteRow> rows_;
};

}  // namespace ad::nearest
