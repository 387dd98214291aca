#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "ad/matrix_view.h"
#include "ad/run.h"
#include "ad/status.h"
#include "kernels/nearest/byte_rows.h"
#include "kernels/nearest/centred_bank.h"
#include "kernels/nearest/head.h"

namespace ad {

/// Exact k nearest neighbours under the canonical squared distance (kernels/distance). Neighbours are ordered
/// by (canonical squared distance, bank row), so the answer is the one that brute force gives, ties included,
/// on every level and for every thread count.
class NearestIndex {
 public:
  /// Prepares a bank of rows x cols floats. The index keeps the view, not a copy: the bank must outlive it
  /// unchanged. not_finite names the first row that holds NaN or an infinity.
  static Status build(MatrixView<const float> bank, std::unique_ptr<NearestIndex>& out, const Run& run);

  std::size_t rows() const { return bank_.rows.rows; }
  std::size_t cols() const { return bank_.rows.cols; }

  /// The k nearest bank rows of each query, nearest first, into indices[queries.rows * k] and
  /// distances[queries.rows * k] (Euclidean, not squared). Needs 1 <= k <= rows() and queries.cols == cols().
  Status search(MatrixView<const float> queries, std::size_t k, std::uint32_t* indices, float* distances,
                const Run& run) const;

 private:
  NearestIndex() = default;

  nearest::CentredBank bank_;
  /// Null where the dense scan is faster.
  std::unique_ptr<const nearest::Head> head_;
  /// What a head leaves undecided is looked at here before it is measured. Null without a head.
  std::unique_ptr<const nearest::ByteRows> bytes_;
};

}  // namespace ad
