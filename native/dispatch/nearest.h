#pragma once

#include <cstdint>
#include <memory>

#include "ad/matrix_view.h"
#include "dispatch/target.h"

namespace ad::dispatch {

/// A bank that can be searched, wherever it lies.
class NearestBank {
 public:
  virtual ~NearestBank() = default;

  virtual std::size_t rows() const = 0;
  virtual std::size_t cols() const = 0;
  /// `cpu` or `cuda`.
  virtual const char* device() const = 0;

  /// As NearestIndex::search (kernels/nearest/nearest.h): the same neighbours and distances on every device.
  virtual Status search(MatrixView<const float> queries, std::size_t k, std::uint32_t* indices,
                        float* distances, const Run& run) const = 0;
};

/// As NearestIndex::build: the bank's rows must stay where they are. On a device they are copied there as
/// well, until the answer is destroyed.
Status build_nearest(const Target& target, MatrixView<const float> bank,
                     std::unique_ptr<const NearestBank>& out, const Run& run);

}  // namespace ad::dispatch
