#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "ad/run.h"
#include "ad/status.h"
#include "cpu/large_vector.h"
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
  /// Null where a row has more columns than the sums of products have room for. `order` names the bank row of
  /// each place.
  static Status build(const CentredBank& bank, std::vector<std::uint32_t> order,
                      std::unique_ptr<const ByteRows>& out, const Run& run);

  /// The bank row that lies at a place.
  std::uint32_t row(std::size_t place) const { return order_[place]; }

  struct Query {
    /// With query_offset(grid) added to each.
    std::vector<std::uint8_t> cells;
    ByteRow row;
  };
  /// `centred` has the norm `norm`.
  Query prepare(const float* centred, double norm) const;

  /// At most the true distance of the query and the row at a place (README.md). Where that is beyond `reach`,
  /// it may answer infinity: most rows are, and need no root.
  double least_distance(const Query& query, std::size_t place,
                        double reach = std::numeric_limits<double>::infinity()) const;

  void prefetch(std::size_t place) const;

 private:
  ByteRows(const NearestKernels& kernels, std::vector<std::uint32_t> order, std::size_t cols)
      : kernels_(kernels),
        cols_(cols),
        cells_(order.size() * cols),
        rows_(order.size()),
        order_(std::move(order)) {}

  const NearestKernels& kernels_;
  const std::size_t cols_;
  LargeVector<std::int8_t> cells_;
  std::vector<ByteRow> rows_;
  std::vector<std::uint32_t> order_;
};

}  // namespace ad::nearest
