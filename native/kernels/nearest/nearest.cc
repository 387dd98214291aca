#include "kernels/nearest/nearest.h"

#include <cmath>
#include <string>

#include "cpu/parallel.h"
#include "kernels/nearest/search.h"

namespace ad {
Status NearestIndex::build(MatrixView<const float> bank, std::unique_ptr<NearestIndex>& out, const Run& run) {
  return guarded([&]() -> Status {
    if (bank.rows > UINT32_MAX)
      return Status::invalid("the bank has more rows than a 32-bit index can name.");
    std::unique_ptr<NearestIndex> index(new NearestIndex);
    Status status = nearest::centre(bank, index->bank_, run.stage(0, 0.1));
    if (!status.ok()) return status;
    status = nearest::Head::build(index->bank_, index->head_, run.stage(0.1, 0.9));
    if (status.ok() && index->head_ != nullptr)
      status =
          nearest::ByteRows::build(index->bank_, index->head_->order(), index->bytes_, run.stage(0.9, 1));
    // A head is of use only with bytes to look at what it leaves undecided.
    if (index->bytes_ == nullptr) index->head_.reset();
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
    std::vector<nearest::TopK> found;
    const Status status = nearest::search(bank_, head_.get(), bytes_.get(), queries, k, found, run);
    if (!status.ok()) return status;
    for (std::size_t q = 0; q < queries.rows; ++q) {
      for (std::size_t j = 0; j < k; ++j) {
        indices[q * k + j] = found[q].sorted()[j].row;
        distances[q * k + j] = std::sqrt(found[q].sorted()[j].squared);
      }
    }
    return {};
  });
}

}  // namespace ad
